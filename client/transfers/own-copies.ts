// Knows which copies of our own posts are still what was posted. A copy whose file has changed, or that was not read in
// this run, is hashed before it is served.

import { LIMITS } from '../../protocols/kit/limits.js';
import { stampOfPath } from '../../runtime/transfer/file-stamp.js';
import type { SentFile } from '../../runtime/transfer/sent-file.js';

export class OwnCopies {
  /** The stamps of the copies whose hash was right, the oldest first. */
  private readonly right = new Map<string, string>();
  /** Requests for one copy wait for the same check. */
  private readonly checks = new Map<string, Promise<boolean>>();

  /** A copy that was hashed when it was made. Throws the host's error. */
  made(id: string, path: string): void {
    this.remember(id, stampOfPath(path));
  }

  /** True iff the file has this hash. Throws the host's error. */
  async isRight(id: string, file: SentFile, sha256: string): Promise<boolean> {
    if (this.right.get(id) === file.stamp) return true;
    const key = `${id} ${file.stamp}`;
    const check = this.checks.get(key) ?? this.check(id, file, sha256).finally(() => this.checks.delete(key));
    this.checks.set(key, check);
    return check;
  }

  private async check(id: string, file: SentFile, sha256: string): Promise<boolean> {
    const isRight = (await file.sha256()) === sha256 && (await file.isUnchanged());
    if (isRight) this.remember(id, file.stamp);
    return isRight;
  }

  private remember(id: string, stamp: string): void {
    this.right.delete(id);
    this.right.set(id, stamp);
    const [oldest] = this.right.keys();
    if (this.right.size > LIMITS.postCopiesRemembered && oldest !== undefined) this.right.delete(oldest);
  }
}

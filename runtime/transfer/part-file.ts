// A file that comes bit by bit: every byte is hashed as it is written, and what is there from before is hashed first.

import { createHash } from 'node:crypto';
import { promises } from 'node:fs';
import { toBase64url } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';

const OWNER_ONLY = 0o600;

export class PartFile {
  private readonly hash = createHash('sha256');
  private piece: Buffer = Buffer.allocUnsafeSlow(LIMITS.postPieceBytes);
  private filled = 0;
  private readonly spare: Buffer[] = [];
  private queued = 0;
  /** Bytes that the host has. */
  private done = 0;
  private writes: Promise<void> = Promise.resolve();
  private waiting = 0;

  private constructor(private readonly file: promises.FileHandle) {}

  /** Opens the file, or makes it; one of more than `bytesMax` begins again. Throws the host's error. */
  static async open(path: string, bytesMax: number): Promise<PartFile> {
    const part = new PartFile(await promises.open(path, 'a+', OWNER_ONLY));
    if ((await part.file.stat()).size > bytesMax) await part.file.truncate(0);
    await part.readAgain();
    return part;
  }

  /** Bytes that are in the file. */
  get written(): number {
    return this.done;
  }

  /** Bytes that are in the file or on their way there. */
  get taken(): number {
    return this.queued + this.filled;
  }

  /** True while so much waits for the disk that nothing more should come. */
  get isBehind(): boolean {
    return this.waiting >= LIMITS.postPiecesAhead - 1;
  }

  take(bytes: Uint8Array): void {
    for (let rest = bytes; rest.length > 0;) {
      const some = rest.subarray(0, this.piece.length - this.filled);
      this.piece.set(some, this.filled);
      this.filled += some.length;
      rest = rest.subarray(some.length);
      if (this.filled === this.piece.length) this.pour();
    }
  }

  /** Settles once everything taken is in the file. Throws the host's error, if there was one. */
  async settle(): Promise<void> {
    if (this.filled > 0) this.pour();
    await this.writes;
  }

  /** Settles once what is on its way now is in the file. */
  async drained(): Promise<void> {
    await this.writes;
  }

  /** SHA-256 of the whole file, base64url, with the file on the disk. Nothing may be taken afterwards. */
  async finish(): Promise<string> {
    await this.settle();
    await this.file.sync();
    return toBase64url(this.hash.digest());
  }

  async close(): Promise<void> {
    await this.writes.catch(() => undefined); // whoever waited for them knows
    await this.file.close();
  }

  private pour(): void {
    const piece = this.piece.subarray(0, this.filled);
    const buffer = this.piece;
    this.hash.update(piece);
    this.queued += piece.length;
    this.filled = 0;
    this.waiting += 1;
    this.piece = this.spare.pop() ?? Buffer.allocUnsafeSlow(LIMITS.postPieceBytes);
    this.writes = this.writes.then(() => this.write(piece, buffer));
    this.writes.catch(() => undefined); // it is seen by `settle`
  }

  private async write(piece: Buffer, buffer: Buffer): Promise<void> {
    for (let rest = piece; rest.length > 0;) {
      const { bytesWritten } = await this.file.write(rest);
      rest = rest.subarray(bytesWritten);
      this.done += bytesWritten;
    }
    this.waiting -= 1;
    this.spare.push(buffer);
  }

  private async readAgain(): Promise<void> {
    for (let read = 1; read > 0;) {
      read = (await this.file.read(this.piece, 0, this.piece.length, this.done)).bytesRead;
      this.hash.update(this.piece.subarray(0, read));
      this.done += read;
    }
    this.queued = this.done;
  }
}

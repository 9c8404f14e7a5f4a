// The six words of keys (DIR-10): a browser hashes in its own time, so they are asked for once and kept.

import { fromBase64url } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { hashInWords } from '../../protocols/directory/fingerprint.js';

export class Fingerprints {
  private readonly known = new Map<string, string>();

  /** `onFound`: the words of another key are known now. */
  constructor(private readonly onFound: () => void) {}

  /** The words, or null where they are not known yet; `onFound` follows then. */
  words(key: string): string | null {
    const words = this.known.get(key);
    if (words === undefined) void this.find(key);
    return words || null;
  }

  private async find(key: string): Promise<void> {
    this.remember(key, ''); // being found: not asked for twice
    const raw = Uint8Array.from(fromBase64url(key) ?? []);
    this.remember(key, hashInWords(new Uint8Array(await crypto.subtle.digest('SHA-256', raw))));
    this.onFound();
  }

  private remember(key: string, words: string): void {
    this.known.set(key, words);
    const [oldest] = this.known.keys();
    if (this.known.size > LIMITS.pageFingerprintsKept && oldest !== undefined) this.known.delete(oldest);
  }
}

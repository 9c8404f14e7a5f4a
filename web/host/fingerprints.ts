// The six words of keys (DIR-10): a browser hashes in its own time, so they are found once and kept.

import { fromBase64url } from '../../protocols/kit/bytes.js';
import { assert } from '../../protocols/kit/machine.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { hashToWords } from '../../protocols/directory/fingerprint.js';

export class Fingerprints {
  /** Words by key; the oldest give way. */
  private known = new Map<string, string>();
  private readonly requested = new Set<string>();

  /** `onFound`: all that are known, each time there are more. */
  constructor(private readonly onFound: (known: ReadonlyMap<string, string>) => void) {}

  /** Asks for the words of a key; `onFound` follows. */
  async request(key: string): Promise<void> {
    if (this.known.has(key) || this.requested.has(key)) return;
    this.requested.add(key);
    const raw = fromBase64url(key);
    assert(raw !== null, 'a key whose shape was judged');
    const words = hashToWords(new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(raw))));
    this.requested.delete(key);
    this.known = new Map([...this.known, [key, words] as const].slice(-LIMITS.pageFingerprintsMax));
    this.onFound(this.known);
  }
}

// Fingerprints of keys (DIR-10). A browser hashes asynchronously, so each is computed once and cached.

import { fromBase64url } from '../../protocols/kit/bytes.js';
import { assert } from '../../protocols/kit/machine.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { hashToWords } from '../../protocols/directory/fingerprint.js';

export class Fingerprints {
  /** By key. Beyond the bound the oldest are dropped. */
  private cached = new Map<string, string>();
  private readonly computing = new Set<string>();

  /** `onChange` gets all cached fingerprints, each time there is a new one. */
  constructor(private readonly onChange: (cached: ReadonlyMap<string, string>) => void) {}

  /** Computes the fingerprint of a key, unless it is cached or being computed; `onChange` follows. */
  async compute(key: string): Promise<void> {
    if (this.cached.has(key) || this.computing.has(key)) return;
    this.computing.add(key);
    const raw = fromBase64url(key);
    assert(raw !== null, 'the shape of the key was checked on arrival');
    const words = hashToWords(new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(raw))));
    this.computing.delete(key);
    this.cached = new Map([...this.cached, [key, words] as const].slice(-LIMITS.pageFingerprintsMax));
    this.onChange(this.cached);
  }
}

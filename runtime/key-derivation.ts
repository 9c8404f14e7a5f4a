// Derives keys from passphrases with scrypt (RFC 7914), slow and memory-hard, so that guessing is expensive.

import { scrypt } from 'node:crypto';
import { LIMITS } from '../protocols/kit/limits.js';
import { plainBytes } from './plain-bytes.js';

/** scrypt's N (as log2), r and p. Raised: guessing costs more, and each use takes longer. */
export interface ScryptCost {
  readonly costLog2: number;
  readonly blocks: number;
  readonly lanes: number;
}

/** The memory that deriving one key takes, in bytes. */
export function scryptMemoryBytes({ costLog2, blocks }: ScryptCost): number {
  return 128 * 2 ** costLog2 * blocks;
}

/** A key of `bytes` bytes. The passphrase is normalized (NFKC) first. Runs off the main thread. */
export function deriveKey(passphrase: string, salt: Uint8Array, cost: ScryptCost, bytes: number): Promise<Uint8Array> {
  const { costLog2, blocks, lanes } = cost;
  const options = { N: 2 ** costLog2, r: blocks, p: lanes, maxmem: 2 * LIMITS.scryptMemoryBytes };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, bytes, options, (error, key) =>
      error ? reject(error) : resolve(plainBytes(key)),
    );
  });
}

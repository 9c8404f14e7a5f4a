// Makes keys of passphrases (scrypt, RFC 7914): slowly, and in much memory, so that guessing is dear.

import { scrypt } from 'node:crypto';
import { LIMITS } from '../protocols/kit/limits.js';

/** `costLog2`: of N. `blocks`: r. `lanes`: p. Raised, each guess costs more, and so does each use. */
export interface ScryptCost {
  readonly costLog2: number;
  readonly blocks: number;
  readonly lanes: number;
}

/** The memory one key takes, in bytes. */
export function scryptMemoryBytes({ costLog2, blocks }: ScryptCost): number {
  return 128 * 2 ** costLog2 * blocks;
}

/** That many bytes, the same for the same passphrase, however its accents were typed. Off the main thread. */
export function deriveKey(passphrase: string, salt: Uint8Array, cost: ScryptCost, bytes: number): Promise<Uint8Array> {
  const { costLog2, blocks, lanes } = cost;
  const options = { N: 2 ** costLog2, r: blocks, p: lanes, maxmem: 2 * LIMITS.scryptMemoryBytes };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, bytes, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

// Derives the key of invitation proofs (protocols/directory, DIR-24) from the code that the operator gives out.

import { concat, utf8 } from '../protocols/kit/bytes.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { deriveKey } from './key-derivation.js';

const KEY_BYTES = 32;

/** `serverKey`: of the name server; the key is useless at any other. Takes a tenth of a second, off the main thread. */
export function deriveInvitationKey(code: string, serverKey: string): Promise<Uint8Array> {
  const cost = { costLog2: LIMITS.inviteCostLog2, blocks: LIMITS.scryptBlockSize, lanes: LIMITS.scryptParallelism };
  return deriveKey(code, concat(utf8('kith/invitation/1\0'), utf8(serverKey)), cost, KEY_BYTES);
}

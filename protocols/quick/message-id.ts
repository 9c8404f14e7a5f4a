// The id of a quick message at both ends.

import type { Primitives } from '../kit/primitives.js';
import { objectId } from '../kit/signed.js';

/**
 * `sentAs`: the id in the datagram. Its author chooses it, and it could be that of a message of another user (SPEC
 * QUICK-10).
 */
export function quickMessageId(author: string, sentAs: string, primitives: Primitives): string {
  return objectId('quick', JSON.stringify([author, sentAs]), primitives);
}

// The id under which a receiver stores a quick message.

import type { Primitives } from '../kit/primitives.js';
import { objectId } from '../kit/signed.js';

/** The author chooses the id on the wire, which could be that of a message of another user (SPEC QUICK-10). */
export function storedId(author: string, id: string, primitives: Primitives): string {
  return objectId('quick', JSON.stringify([author, id]), primitives);
}

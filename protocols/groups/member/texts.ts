// Which texts a message to a group may have: the same as one between two people.

import { byteLength } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { Refusal } from '../../kit/refusals.js';

/** Half of a letter of two UTF-16 units: a disk gives it back as another one, and nobody could verify the message. */
const HALF_LETTER = /\p{Surrogate}/u;

/** Why a text cannot be sent, null where it can. */
export function fitsText(text: string): Refusal | null {
  if (text.length === 0) return new Refusal('TEXT_EMPTY');
  const isTooLong = text.length > LIMITS.messageTextBytes || byteLength(text) > LIMITS.messageTextBytes;
  return isTooLong || HALF_LETTER.test(text) ? new Refusal('TEXT_TOO_LONG', 'a message has at most 16 KiB') : null;
}

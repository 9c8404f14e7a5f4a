// Random ids: 128 bits as 22 characters of base64url, made by nanoid from the host's random source.

import { BASE64URL_ALPHABET } from './bytes.js';
import { customRandom } from './packages/nanoid.js';
import type { RandomSource } from './primitives.js';

const ID_BYTES = 16;
const ID_CHARACTERS = 22;
const BITS_PER_CHARACTER = 6;

/** A new id, in the shape of `IdText`. Draws 16 bytes. */
export function randomId(random: RandomSource): string {
  return customRandom(BASE64URL_ALPHABET, ID_CHARACTERS, () => sextets(random.bytes(ID_BYTES)))();
}

/**
 * The bits in groups of six, one for each character, the last group first: nanoid reads from the end. The last
 * character holds the 2 remaining bits and 4 zeros, so that an id is the one canonical encoding of 16 bytes.
 */
function sextets(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(ID_CHARACTERS);
  for (let at = 0; at < ID_CHARACTERS; at += 1) {
    const bit = at * BITS_PER_CHARACTER;
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    out[ID_CHARACTERS - 1 - at] = (pair >> (10 - (bit & 7))) & 63;
  }
  return out;
}

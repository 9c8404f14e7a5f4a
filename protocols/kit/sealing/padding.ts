// Padding before sealing: the length of a text stands before it and zeros follow, so that size tells little about it.

import { textOf, utf8, viewOf } from '../bytes.js';
import { LIMITS } from '../limits.js';

/** What HPKE adds: the encapsulated key in front, the tag behind. */
export const ENCAPSULATED_BYTES = 32;
export const TAG_BYTES = 16;

const LENGTH_BYTES = 4;

/** `length ‖ text ‖ zeros`, or null where the text is longer than `letterPlainBytes`. */
export function padded(text: string): Uint8Array<ArrayBuffer> | null {
  const body = utf8(text);
  if (body.length > LIMITS.letterPlainBytes) return null;
  const plain = new Uint8Array(paddedBytes(body.length));
  new DataView(plain.buffer).setUint32(0, body.length);
  plain.set(body, LENGTH_BYTES);
  return plain;
}

/** The text again, or null for anything that `padded` does not make. */
export function unpadded(plain: Uint8Array): string | null {
  if (plain.length < LENGTH_BYTES) return null;
  const length = new DataView(plain.buffer, plain.byteOffset).getUint32(0);
  const isPadded = length <= LIMITS.letterPlainBytes && plain.length === paddedBytes(length);
  if (!isPadded || viewOf(plain, LENGTH_BYTES + length).some((byte) => byte !== 0)) return null;
  return textOf(viewOf(plain, LENGTH_BYTES, LENGTH_BYTES + length));
}

/** The next power of two; the last step is cut to what a letter may weigh. */
function paddedBytes(textBytes: number): number {
  const powerOfTwo = 2 ** Math.ceil(Math.log2(LENGTH_BYTES + textBytes));
  const most = LIMITS.letterBytes - ENCAPSULATED_BYTES - TAG_BYTES;
  return Math.min(Math.max(powerOfTwo, LIMITS.letterPaddingBytes), most);
}

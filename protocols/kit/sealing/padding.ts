// Padding before encryption: `length ‖ text ‖ zeros`, so that the size of a letter tells little about its text.

import { textOf, utf8, viewOf } from '../bytes.js';
import { LIMITS } from '../limits.js';

/** HPKE adds the encapsulated key in front and the tag behind. */
export const ENCAPSULATED_BYTES = 32;
export const TAG_BYTES = 16;

const LENGTH_BYTES = 4;

/** The padded text, or null if it is longer than `letterPlainBytes`. */
export function padded(text: string): Uint8Array<ArrayBuffer> | null {
  const body = utf8(text);
  if (body.length > LIMITS.letterPlainBytes) return null;
  const plain = new Uint8Array(paddedBytes(body.length));
  new DataView(plain.buffer).setUint32(0, body.length);
  plain.set(body, LENGTH_BYTES);
  return plain;
}

/** The text, or null for bytes that `padded` cannot have made. */
export function unpadded(plain: Uint8Array): string | null {
  if (plain.length < LENGTH_BYTES) return null;
  const length = new DataView(plain.buffer, plain.byteOffset).getUint32(0);
  const isPadded = length <= LIMITS.letterPlainBytes && plain.length === paddedBytes(length);
  if (!isPadded || viewOf(plain, LENGTH_BYTES + length).some((byte) => byte !== 0)) return null;
  return textOf(viewOf(plain, LENGTH_BYTES, LENGTH_BYTES + length));
}

/** The next power of two, but at most what fits a letter. */
function paddedBytes(textBytes: number): number {
  const powerOfTwo = 2 ** Math.ceil(Math.log2(LENGTH_BYTES + textBytes));
  const most = LIMITS.letterBytes - ENCAPSULATED_BYTES - TAG_BYTES;
  return Math.min(Math.max(powerOfTwo, LIMITS.letterPaddingBytes), most);
}

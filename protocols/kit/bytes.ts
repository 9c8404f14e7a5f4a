// Bytes and text: UTF-8, unpadded base64url, sizes. A decoder returns null for any input that is not canonical.

/** The characters of base64url (RFC 4648, section 5), in the order of their values. */
export const BASE64URL_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUE_OF = new Map([...BASE64URL_ALPHABET].map((letter, value) => [letter, value]));

const encoder = new TextEncoder();
// A byte order mark is kept: text that was signed or hashed must not change.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text of UTF-8 bytes, or null if they are not valid UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null; // the only thing a fatal decoder throws is "not UTF-8"
  }
}

/** Size of a text in bytes of UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** Unpadded base64url (RFC 4648, section 5). */
export function toBase64url(bytes: Uint8Array): string {
  let out = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const letters = Math.min(3, bytes.length - at) + 1;
    for (let k = 0; k < letters; k += 1) out += BASE64URL_ALPHABET.charAt((group >> (18 - 6 * k)) & 63);
  }
  return out;
}

/** The bytes of unpadded base64url, or null if the text is not the canonical encoding of any bytes. */
export function fromBase64url(text: string): Uint8Array | null {
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let length = 0;
  for (const letter of text) {
    const value = VALUE_OF.get(letter);
    if (value === undefined) return null;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out[length] = (bits >> held) & 255;
    length += 1;
  }
  const leftover = bits & ((1 << held) - 1);
  return text.length % 4 === 1 || leftover !== 0 ? null : out;
}

/** A copy of `bytes` from `start` to before `end`, a plain `Uint8Array` whatever `bytes` is. */
export function copyOf(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  // Not `slice`: a Buffer of Node answers it with a view of the same memory.
  return new Uint8Array(viewOf(bytes, start, end));
}

/** A plain view of `bytes` from `start` to before `end`: it shares their memory. Negative places count from the end. */
export function viewOf(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  const from = placeIn(bytes, start);
  return new Uint8Array(bytes.buffer, bytes.byteOffset + from, Math.max(0, placeIn(bytes, end) - from));
}

function placeIn(bytes: Uint8Array, place: number): number {
  return Math.min(bytes.length, place < 0 ? Math.max(0, bytes.length + place) : place);
}

/** Joins pieces into one array. */
export function concat(...pieces: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** The value of a JSON text, or undefined if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // JSON has no undefined, so it can mean "not JSON"
  }
}

// Mutates bytes: flips, truncates, duplicates, inserts, changes lengths. Mostly one small change, which gets furthest.

import type { Random } from '../../sim/kernel/random.js';

const MOST_RANDOM_BYTES = 3_000;
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];

/** Random bytes, from none to a few thousand. */
export function randomBytes(random: Random): Uint8Array {
  return random.bytes(Math.floor(random.skewed(0, MOST_RANDOM_BYTES)));
}

/** Makes one to four changes in a copy. */
export function mutateBytes(original: Uint8Array, random: Random): Uint8Array {
  let bytes = original;
  for (let changes = 1 + Math.floor(random.skewed(0, 4)); changes > 0; changes -= 1) bytes = changed(bytes, random);
  return bytes;
}

function changed(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.whole(0, Math.max(0, bytes.length - 1));
  const end = Math.min(bytes.length, at + Math.ceil(random.skewed(0, 40)));
  const [head, piece, tail] = [bytes.slice(0, at), bytes.slice(at, end), bytes.slice(end)];
  switch (random.whole(0, 6)) {
    case 0: // one bit
      return joined(bytes.slice(0, at), [(bytes[at] ?? 0) ^ (1 << random.whole(0, 7))], bytes.slice(at + 1));
    case 1: // one byte, to an extreme
      return joined(bytes.slice(0, at), [random.pick(EXTREMES)], bytes.slice(at + 1));
    case 2: // truncated
      return head;
    case 3: // a piece missing
      return joined(head, tail);
    case 4: // a piece twice
      return joined(head, piece, piece, tail);
    case 5: // a wrong length
      return joined(head, lyingLength(random), bytes.slice(at + 4));
    default: // inserted bytes
      return joined(head, random.bytes(random.whole(1, 40)), bytes.slice(at));
  }
}

function lyingLength(random: Random): Uint8Array {
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, random.pick([0, 1, 0x1000, 0x1001, 0x4_0000, 0x4_0001, 0x7fff_ffff, 0xffff_ffff]));
  return new Uint8Array(length.buffer);
}

function joined(...parts: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

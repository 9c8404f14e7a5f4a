// Fingerprints (six words for one key) and safety numbers (sixty digits for two users), for people to compare keys
// (SPEC DIR-10, DIR-11).

import { concat, fromBase64url, utf8, viewOf } from '../kit/bytes.js';
import type { Primitives } from '../kit/primitives.js';
import { WORDS } from './word-list.js';

const WORD_BITS = 11;
const WORD_COUNT = 6;
const SAFETY_ROUNDS = 5_200;
const DIGIT_GROUPS = 6;

/** Six words for an identity key: 66 bits of SHA-256 over the raw key. */
export function fingerprintWords(key: string, primitives: Primitives): string {
  return hashToWords(primitives.sha256(fromBase64url(key) ?? new Uint8Array(0)));
}

/** The six words for the SHA-256 of a raw key, for hosts that can only hash asynchronously, such as browsers. */
export function hashToWords(hash: Uint8Array): string {
  const bits = [...viewOf(hash, 0, 9)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const words: string[] = [];
  for (let k = 0; k < WORD_COUNT; k += 1) {
    const index = Number.parseInt(bits.slice(k * WORD_BITS, (k + 1) * WORD_BITS), 2);
    words.push(WORDS[index] ?? '');
  }
  return words.join(' ');
}

/** True iff the words have the form of a fingerprint. */
export function isFingerprint(words: readonly string[]): boolean {
  return words.length === WORD_COUNT && words.every((word) => WORDS.includes(word));
}

/** A name with its identity key. */
interface Keyholder {
  readonly name: string;
  readonly key: string;
}

/** The safety number of two users: equal at both ends, twelve groups of five digits. */
export function safetyNumber(a: Keyholder, b: Keyholder, primitives: Primitives): string {
  return [a, b]
    .map((holder) => thirtyDigits(holder, primitives))
    .sort()
    .join(' ');
}

/** Thirty digits for one user. The iteration makes a search for a similar number 5200 times as expensive. */
function thirtyDigits({ name, key }: Keyholder, primitives: Primitives): string {
  const rawKey = fromBase64url(key) ?? new Uint8Array(0);
  let hash = concat(utf8('kith/safety/1\0'), rawKey, utf8(name));
  for (let round = 0; round < SAFETY_ROUNDS; round += 1) hash = primitives.sha512(concat(hash, rawKey));
  const groups: string[] = [];
  for (let k = 0; k < DIGIT_GROUPS; k += 1) {
    const five = viewOf(hash, k * 5, k * 5 + 5).reduce((sum, byte) => sum * 256 + byte, 0);
    groups.push((five % 100_000).toString().padStart(5, '0'));
  }
  return groups.join(' ');
}

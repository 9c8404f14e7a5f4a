// Compares invite codes in a time that does not tell how much of a guess was right.

import { utf8 } from '../protocols/kit/bytes.js';
import type { Primitives } from '../protocols/kit/primitives.js';

/** Digests have one length and say nothing about their texts, so every byte of both is always compared. */
export function isSameCode(offered: string, expected: string, primitives: Primitives): boolean {
  const a = primitives.sha256(utf8(offered));
  const b = primitives.sha256(utf8(expected));
  return a.reduce((difference, byte, at) => difference | (byte ^ (b[at] ?? 0)), 0) === 0;
}

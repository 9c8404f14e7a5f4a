// Compares invite codes in constant time, so that timing reveals nothing about the expected code.

import { utf8 } from '../protocols/kit/bytes.js';
import type { Primitives } from '../protocols/kit/primitives.js';

/** Digests have equal length, so the loop always compares every byte. */
export function isSameCode(offered: string, expected: string, primitives: Primitives): boolean {
  const a = primitives.sha256(utf8(offered));
  const b = primitives.sha256(utf8(expected));
  return a.reduce((difference, byte, at) => difference | (byte ^ (b[at] ?? 0)), 0) === 0;
}

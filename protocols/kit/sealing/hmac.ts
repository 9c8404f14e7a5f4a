// HMAC-SHA256 (RFC 2104), from the hash that the host provides.

import { concat, copyOf } from '../bytes.js';
import type { Primitives } from '../primitives.js';

const BLOCK_BYTES = 64;

/** The 32-byte tag. `key`: at most 64 bytes. */
export function hmacSha256(key: Uint8Array, message: Uint8Array, { sha256 }: Pick<Primitives, 'sha256'>): Uint8Array {
  const inner = sha256(concat(padded(key, 0x36), message));
  return sha256(concat(padded(key, 0x5c), inner));
}

function padded(key: Uint8Array, mask: number): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(copyOf(key));
  return block.map((byte) => byte ^ mask);
}

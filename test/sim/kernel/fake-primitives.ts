// Fake cryptography for simulations: fast, deterministic, and unforgeable only among honest machines.

import { createHash } from 'node:crypto';
import type { Primitives, SecretKey } from '../../../protocols/kit/primitives.js';

const TAG_BYTES = 16;

function digest(algorithm: 'sha256' | 'sha512', ...pieces: (Uint8Array | string)[]): Buffer {
  const hash = createHash(algorithm);
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

/** A key pair derived from a name; anyone who knows the name has the secret key. */
export function fakeKey(name: string): SecretKey {
  return { publicKey: digest('sha256', 'key', name).toString('base64url') };
}

function signatureOf(bytes: Uint8Array, publicKey: string): string {
  return digest('sha512', 'signature', publicKey, bytes).toString('base64url');
}

export const fakePrimitives: Primitives = {
  sha256: (bytes) => digest('sha256', bytes),
  sha512: (bytes) => digest('sha512', bytes),
  sign: (bytes, key) => signatureOf(bytes, key.publicKey),
  verify: (bytes, signature, publicKey) => signature === signatureOf(bytes, publicKey),
  exchangeKeyOf: (secret) => fakeKey(`exchange ${Buffer.from(secret).toString('base64url')}`).publicKey,
  aeadSeal(key, nonce, header, plain) {
    const hidden = masked(key, nonce, plain);
    return Buffer.concat([hidden, tagOf(key, nonce, header, hidden)]);
  },
  aeadOpen(key, nonce, header, sealed) {
    if (sealed.length < TAG_BYTES) return null;
    const hidden = sealed.subarray(0, sealed.length - TAG_BYTES);
    const tag = sealed.subarray(sealed.length - TAG_BYTES);
    return tagOf(key, nonce, header, hidden).equals(tag) ? masked(key, nonce, hidden) : null;
  },
};

function masked(key: Uint8Array, nonce: Uint8Array, bytes: Uint8Array): Uint8Array {
  const mask = digest('sha256', 'mask', key, nonce);
  return bytes.map((byte, at) => byte ^ (mask[at % mask.length] ?? 0));
}

function tagOf(key: Uint8Array, nonce: Uint8Array, header: Uint8Array, hidden: Uint8Array): Buffer {
  const lengths = `tag ${nonce.length} ${header.length}`;
  return digest('sha256', lengths, key, nonce, header, hidden).subarray(0, TAG_BYTES);
}

/** The public exchange key of a secret one in base64url. */
export function fakeExchangeKeyOf(secret: string): string {
  return fakePrimitives.exchangeKeyOf(Buffer.from(secret, 'base64url'));
}

/** The fake of `seal`: `fakeUnseal` opens it only with the same exchange key and the same purpose. */
export function fakeSeal(exchange: string, plain: string, info = ''): string {
  return Buffer.from(JSON.stringify({ exchange, plain, info })).toString('base64url');
}

/** The plaintext; null if the letter is for another key or purpose, or malformed. */
export function fakeUnseal(exchange: string, body: string, info = ''): string | null {
  try {
    const sealed = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
    const isMeant = sealed.exchange === exchange && sealed.info === info;
    return isMeant && typeof sealed.plain === 'string' ? sealed.plain : null;
  } catch {
    return null; // altered in transit, as with real sealing
  }
}

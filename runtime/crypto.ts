// Synchronous cryptography by the platform: the `Primitives` that machines use, and the keys that the host holds for
// them.

import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  sign as signBytes,
  verify as verifyBytes,
  type KeyObject,
} from 'node:crypto';
import { assert } from '../protocols/kit/machine.js';
import { concat, fromBase64url, toBase64url, viewOf } from '../protocols/kit/bytes.js';
import { LIMITS } from '../protocols/kit/limits.js';
import type { Primitives, SecretKey } from '../protocols/kit/primitives.js';
import { isLowOrderKey } from '../protocols/kit/sealing/low-order-key.js';
import { plainBytes } from './plain-bytes.js';

/** `ed25519` signs (RFC 8032); `x25519` opens letters (RFC 7748). */
export type KeyAlgorithm = 'ed25519' | 'x25519';

const KEY_BYTES = 32;
const TAG_BYTES = 16;
const AEAD = 'aes-256-gcm';

/** The prefix of the 32 raw bytes in the DER forms of RFC 8410: PKCS #8 for secret keys, SPKI for public keys. */
const OBJECT_ID = { ed25519: 0x70, x25519: 0x6e } as const;
const secretPrefix = (algorithm: KeyAlgorithm): Uint8Array =>
  Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, OBJECT_ID[algorithm], 4, 0x22, 4, 0x20);
const publicPrefix = (algorithm: KeyAlgorithm): Uint8Array =>
  Uint8Array.of(0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, OBJECT_ID[algorithm], 3, 0x21, 0);

/** A secret key in memory. Printing or serializing it shows only the public key. */
export class HeldKey<Algorithm extends KeyAlgorithm> implements SecretKey {
  readonly publicKey: string;
  readonly #secret: KeyObject;

  constructor(
    readonly algorithm: Algorithm,
    secret: KeyObject,
  ) {
    assert(secret.type === 'private' && secret.asymmetricKeyType === algorithm, `a secret ${algorithm} key`);
    this.#secret = secret;
    this.publicKey = rawPublicKey(createPublicKey(secret));
  }

  /** For the platform (TLS, signing). */
  get secret(): KeyObject {
    return this.#secret;
  }

  /** The 32 secret bytes. */
  secretBytes(): Uint8Array {
    return plainBytes(viewOf(this.#secret.export({ type: 'pkcs8', format: 'der' }), -KEY_BYTES));
  }
}

export type SigningKey = HeldKey<'ed25519'>;
export type ExchangeKey = HeldKey<'x25519'>;

export function makeSigningKey(): SigningKey {
  return new HeldKey('ed25519', generateKeyPairSync('ed25519').privateKey);
}

export function makeExchangeKey(): ExchangeKey {
  return new HeldKey('x25519', generateKeyPairSync('x25519').privateKey);
}

/** The secret as text (base64url of the 32 bytes), for a file that only its owner can read. */
export function exportSecret(key: HeldKey<KeyAlgorithm>): string {
  return toBase64url(key.secretBytes());
}

/** The key of such a text, or null if it is not valid. */
export function importSecret<Algorithm extends KeyAlgorithm>(
  algorithm: Algorithm,
  text: string,
): HeldKey<Algorithm> | null {
  const bytes = fromBase64url(text);
  if (bytes?.length !== KEY_BYTES) return null;
  const key = Buffer.from(concat(secretPrefix(algorithm), bytes));
  return new HeldKey(algorithm, createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
}

/** The raw 32 bytes of a public key, base64url. */
export function rawPublicKey(key: KeyObject): string {
  return toBase64url(viewOf(key.export({ type: 'spki', format: 'der' }), -KEY_BYTES));
}

const publicKeys = new Map<string, KeyObject>();

/** The platform's form of a public signing key, or null if the text is not valid. Keeps those used last. */
function publicSigningKey(text: string): KeyObject | null {
  const known = publicKeys.get(text) ?? readPublicKey(text);
  if (known === null) return null;
  publicKeys.delete(text); // and inserted again: a Map keeps the order, so the first key is the least recently used
  publicKeys.set(text, known);
  const [oldest] = publicKeys.keys();
  if (oldest !== undefined && publicKeys.size > LIMITS.publicKeysCachedMax) publicKeys.delete(oldest);
  return known;
}

function readPublicKey(text: string): KeyObject | null {
  const bytes = fromBase64url(text);
  if (bytes?.length !== KEY_BYTES || isLowOrderKey(bytes)) return null;
  const key = Buffer.from(concat(publicPrefix('ed25519'), bytes));
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

function sign(bytes: Uint8Array, key: SecretKey): string {
  assert(key instanceof HeldKey && key.algorithm === 'ed25519', 'a machine signs with a signing key of this host');
  return toBase64url(signBytes(null, bytes, key.secret));
}

function verify(bytes: Uint8Array, signature: string, publicKey: string): boolean {
  const key = publicSigningKey(publicKey);
  const raw = fromBase64url(signature);
  return key !== null && raw !== null && verifyBytes(null, bytes, key, raw);
}

function exchangeKeyOf(secret: Uint8Array): string {
  const key = importSecret('x25519', toBase64url(secret));
  assert(key !== null, 'a secret exchange key has 32 bytes');
  return key.publicKey;
}

function aeadSeal(key: Uint8Array, nonce: Uint8Array, header: Uint8Array, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv(AEAD, key, nonce);
  cipher.setAAD(header);
  return concat(cipher.update(plain), cipher.final(), cipher.getAuthTag());
}

function aeadOpen(key: Uint8Array, nonce: Uint8Array, header: Uint8Array, sealed: Uint8Array): Uint8Array | null {
  if (sealed.length < TAG_BYTES) return null;
  const decipher = createDecipheriv(AEAD, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(header);
  decipher.setAuthTag(viewOf(sealed, -TAG_BYTES));
  try {
    return concat(decipher.update(viewOf(sealed, 0, -TAG_BYTES)), decipher.final());
  } catch {
    return null; // `final` throws only if the tag is not valid
  }
}

export const primitives: Primitives = {
  sha256: (bytes) => plainBytes(hash('sha256', bytes, 'buffer')),
  sha512: (bytes) => plainBytes(hash('sha512', bytes, 'buffer')),
  sign,
  verify,
  exchangeKeyOf,
  aeadSeal,
  aeadOpen,
};

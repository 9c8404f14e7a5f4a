// The user's identity in this browser: a signing key and a key for direct messages. Both are made and stored here
// (WebCrypto, not extractable): no script can read them.

import { fromBase64url, toBase64url } from '../../protocols/kit/bytes.js';
import { isLowOrderKey } from '../../protocols/kit/sealing/low-order-key.js';
import { clearKeyStore, storeOnce, readStored } from './key-store.js';

/** Public keys are raw, base64url. */
export interface Identity {
  readonly key: string;
  readonly exchange: string;
  readonly signing: CryptoKey;
  readonly opening: CryptoKeyPair;
}

interface StoredKeys {
  readonly signing: CryptoKeyPair;
  readonly opening: CryptoKeyPair;
}

const SIGNING = 'Ed25519';
const OPENING = 'X25519';
const NAME = 'me';

/** The stored identity; null if there is none. Rejects if the browser stores nothing. */
export async function storedIdentity(): Promise<Identity | null> {
  const stored = await readStored(NAME);
  return isStoredKeys(stored) ? identityOf(stored) : null;
}

/** The stored identity, or a new one. Rejects if the browser lacks the algorithms or stores nothing. */
export async function loadOrCreateIdentity(): Promise<Identity> {
  // Two windows may both find none: then both use the one that was stored first.
  return (await storedIdentity()) ?? identityOf(await storeOnce(NAME, await makeKeys(), isStoredKeys));
}

/** Deletes the keys for good: they exist nowhere else. */
export function deleteIdentity(): Promise<void> {
  return clearKeyStore();
}

/** New keys, not stored yet. */
export async function makeKeys(): Promise<StoredKeys> {
  const signing = await crypto.subtle.generateKey(SIGNING, false, ['sign', 'verify']);
  const opening = await crypto.subtle.generateKey(OPENING, false, ['deriveBits']);
  if (!isPair(signing) || !isPair(opening)) throw new TypeError('the browser did not make a key pair');
  return { signing, opening };
}

export async function identityOf({ signing, opening }: StoredKeys): Promise<Identity> {
  const [key, exchange] = await Promise.all([rawText(signing.publicKey), rawText(opening.publicKey)]);
  return { key, exchange, signing: signing.privateKey, opening };
}

/** Ed25519 (RFC 8032), base64url. */
export async function sign({ signing }: Identity, bytes: Uint8Array): Promise<string> {
  return toBase64url(new Uint8Array(await crypto.subtle.sign(SIGNING, signing, Uint8Array.from(bytes))));
}

/** False for an invalid signature, and for malformed keys and signatures. */
export async function signatureHolds(bytes: Uint8Array, signature: string, key: string): Promise<boolean> {
  const [raw, signatureBytes] = [fromBase64url(key), fromBase64url(signature)];
  if (raw?.length !== 32 || isLowOrderKey(raw) || signatureBytes === null) return false;
  try {
    const publicKey = await crypto.subtle.importKey('raw', Uint8Array.from(raw), SIGNING, false, ['verify']);
    return await crypto.subtle.verify(SIGNING, publicKey, Uint8Array.from(signatureBytes), Uint8Array.from(bytes));
  } catch {
    return false; // the 32 bytes are not a point of the curve
  }
}

async function rawText(key: CryptoKey): Promise<string> {
  return toBase64url(new Uint8Array(await crypto.subtle.exportKey('raw', key)));
}

/** Checked, because an older version of the page may have stored it. */
function isStoredKeys(value: unknown): value is StoredKeys {
  if (typeof value !== 'object' || value === null || !('signing' in value) || !('opening' in value)) return false;
  return isPair(value.signing) && isPair(value.opening);
}

function isPair(value: unknown): value is CryptoKeyPair {
  if (typeof value !== 'object' || value === null || !('privateKey' in value) || !('publicKey' in value)) return false;
  return value.privateKey instanceof CryptoKey && value.publicKey instanceof CryptoKey;
}

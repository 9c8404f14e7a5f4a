// Seals and opens letters (protocols/letters): HPKE in base mode (RFC 9180) to the exchange key of a device, padded so
// that the size of a letter tells little about its text.

import { LIMITS } from '../protocols/kit/limits.js';
import { copyOf, fromBase64url, utf8 } from '../protocols/kit/bytes.js';
import { ENCAPSULATED_BYTES, padded, TAG_BYTES, unpadded } from '../protocols/kit/sealing/padding.js';
import type { ExchangeKey } from './crypto.js';

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * The sealed letter, base64url, or null if the text is longer than `letterPlainBytes` or the key is no X25519 key.
 * `exchange`: the raw public key of the recipient, base64url. `info`: the purpose of the letter; opening needs the
 * same.
 */
export async function sealLetter(exchange: string, text: string, info: string): Promise<string | null> {
  const plain = padded(text);
  const publicKey = fromBase64url(exchange);
  if (plain === null || publicKey === null) return null;
  const suite = await hpke();
  try {
    const recipientPublicKey: KeyHandle = await suite.kem.importKey('raw', bytesOf(publicKey).buffer, true);
    const sealed = await suite.seal({ recipientPublicKey, info: bytesOf(utf8(info)).buffer }, plain.buffer);
    return Buffer.concat([Buffer.from(sealed.enc), Buffer.from(sealed.ct)]).toString('base64url');
  } catch {
    return null; // a key of the wrong size, or a low-order key (RFC 7748, 6.1)
  }
}

/** The text of a letter to `key`, or null if the letter is not valid or was changed. */
export async function openLetter(key: ExchangeKey, body: string, info: string): Promise<string | null> {
  const sealed = sealedBytes(body);
  if (sealed === null) return null;
  const suite = await hpke();
  try {
    const recipientKey: KeyHandle = await importedKey(suite, key);
    const enc = copyOf(sealed, 0, ENCAPSULATED_BYTES).buffer;
    const box = copyOf(sealed, ENCAPSULATED_BYTES).buffer;
    return unpadded(new Uint8Array(await suite.open({ recipientKey, enc, info: bytesOf(utf8(info)).buffer }, box)));
  } catch {
    return null; // sealed to another key, for another purpose, or changed
  }
}

type Suite = Awaited<ReturnType<typeof loadSuite>>;
let loading: Promise<Suite> | null = null;

/** Loaded with the first letter, so that a program that only shows its help starts at once. */
function hpke(): Promise<Suite> {
  loading ??= loadSuite();
  return loading;
}

async function loadSuite() {
  const { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } = await import('@hpke/core');
  return new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
}

/** A CryptoKey of the platform, which is only passed on. */
type KeyHandle = Awaited<ReturnType<Suite['kem']['importKey']>>;
const recipientKeys = new WeakMap<ExchangeKey, Promise<KeyHandle>>();

/** The key in the form that HPKE takes, imported once. */
function importedKey(suite: Suite, key: ExchangeKey): Promise<KeyHandle> {
  const known = recipientKeys.get(key) ?? suite.kem.importKey('raw', bytesOf(key.secretBytes()).buffer, false);
  recipientKeys.set(key, known);
  return known;
}

/** The bytes of a letter, or null if the text is not canonical base64url of an allowed size. */
function sealedBytes(body: string): Bytes | null {
  if (body.length > Math.ceil((LIMITS.letterBytes * 4) / 3)) return null;
  const sealed = Buffer.from(body, 'base64url');
  const least = ENCAPSULATED_BYTES + LIMITS.letterPaddingBytes + TAG_BYTES;
  return sealed.length < least || sealed.toString('base64url') !== body ? null : bytesOf(sealed);
}

/** A copy with its own memory, as WebCrypto requires. */
function bytesOf(bytes: Uint8Array): Bytes {
  return Uint8Array.from(bytes);
}

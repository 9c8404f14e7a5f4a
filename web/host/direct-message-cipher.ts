// Seals and opens direct messages in the browser, in the format of runtime/letter-encryption.ts: HPKE in base mode
// (RFC 9180) over a padded text.

import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { DIRECT_MESSAGE_INFO } from '../../protocols/channels/signed-objects.js';
import { concat, fromBase64url, toBase64url, utf8, viewOf } from '../../protocols/kit/bytes.js';
import { ENCAPSULATED_BYTES, padded, unpadded } from '../../protocols/kit/sealing/padding.js';

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const info = Uint8Array.from(utf8(DIRECT_MESSAGE_INFO)).buffer;

/** The sealed text, base64url; null if the text is too long or the key is not an X25519 key. */
export async function seal(exchange: string, text: string): Promise<string | null> {
  const plain = padded(text);
  const key = fromBase64url(exchange);
  if (plain === null || key === null) return null;
  try {
    const recipientPublicKey = await suite.kem.importKey('raw', Uint8Array.from(key).buffer, true);
    const { enc, ct } = await suite.seal({ recipientPublicKey, info }, plain.buffer);
    return toBase64url(concat(new Uint8Array(enc), new Uint8Array(ct)));
  } catch {
    return null; // a key of the wrong size, or one that gives no secret (RFC 7748, 6.1)
  }
}

/** The text; null if it was not sealed to this key for this purpose. */
export async function unseal(recipientKey: CryptoKeyPair, body: string): Promise<string | null> {
  const bytes = fromBase64url(body);
  if (bytes === null || bytes.length <= ENCAPSULATED_BYTES) return null;
  const enc = Uint8Array.from(viewOf(bytes, 0, ENCAPSULATED_BYTES)).buffer;
  const box = Uint8Array.from(viewOf(bytes, ENCAPSULATED_BYTES)).buffer;
  try {
    return unpadded(new Uint8Array(await suite.open({ recipientKey, enc, info }, box)));
  } catch {
    return null; // another key, another purpose, or changed on the way
  }
}

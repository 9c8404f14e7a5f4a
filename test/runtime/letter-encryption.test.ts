// Letters follow RFC 9180, open for the right key only, and hide the length of what they say.

import assert from 'node:assert/strict';
import {
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
} from 'node:crypto';
import { test } from 'node:test';
import { LIMITS } from '../../protocols/kit/limits.js';
import { makeExchangeKey, type ExchangeKey } from '../../runtime/crypto.js';
import { openLetter, sealLetter } from '../../runtime/letter-encryption.js';

const INFO = 'kith/letter/1';

async function seal(key: ExchangeKey, text: string): Promise<string> {
  const body = await sealLetter(key.publicKey, text, INFO);
  assert.ok(body !== null);
  return body;
}

const sizeOf = (body: string): number => Buffer.from(body, 'base64url').length;

test('a letter opens for its recipient', async () => {
  const key = makeExchangeKey();
  for (const text of ['', 'hello', 'ä€😀', 'x'.repeat(LIMITS.letterPlainBytes)]) {
    assert.equal(await openLetter(key, await seal(key, text), INFO), text);
  }
});

test('a letter is what RFC 9180 says, taken apart step by step by other means', async () => {
  const key = makeExchangeKey();
  const plain = openByHand(key, Buffer.from(await seal(key, 'hello'), 'base64url'));
  const wanted = Buffer.alloc(256);
  wanted.writeUInt32BE(5);
  wanted.write('hello', 4);
  assert.deepEqual(plain, wanted);
});

test('a letter does not open for another key or another purpose', async () => {
  const key = makeExchangeKey();
  const body = await seal(key, 'hello');
  assert.equal(await openLetter(makeExchangeKey(), body, INFO), null);
  assert.equal(await openLetter(key, body, 'kith/other/1'), null);
});

test('a letter that was changed anywhere, cut or padded does not open', async () => {
  const key = makeExchangeKey();
  const body = await seal(key, 'hello');
  const bytes = Buffer.from(body, 'base64url');
  for (const at of [0, 31, 32, 200, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.equal(await openLetter(key, changed.toString('base64url'), INFO), null, `byte ${at}`);
  }
  for (const broken of ['', 'A', '!', body.slice(0, -4), `${body}AAAA`, `${body}=`, 'A'.repeat(500_000)]) {
    assert.equal(await openLetter(key, broken, INFO), null);
  }
});

test('the size of a letter grows in powers of two, and stays within what a letter may weigh', async () => {
  const key = makeExchangeKey();
  const overhead = 32 + 16;
  assert.equal(sizeOf(await seal(key, '')), 256 + overhead);
  assert.equal(sizeOf(await seal(key, 'x'.repeat(252))), 256 + overhead);
  assert.equal(sizeOf(await seal(key, 'x'.repeat(253))), 512 + overhead);
  assert.equal(sizeOf(await seal(key, 'x'.repeat(LIMITS.letterPlainBytes))), LIMITS.letterBytes);
});

test('what cannot be sealed gives null', async () => {
  const { publicKey } = makeExchangeKey();
  assert.equal(await sealLetter(publicKey, 'x'.repeat(LIMITS.letterPlainBytes + 1), INFO), null);
  for (const broken of ['', 'AAAA', '!!', 'A'.repeat(43)]) assert.equal(await sealLetter(broken, 'hello', INFO), null);
});

/** RFC 9180, sections 4.1 (Decap), 5.1 (KeySchedule) and 5.2 (Open) for KEM 0x0020, KDF 0x0001, AEAD 0x0002. */
function openByHand(key: ExchangeKey, letter: Buffer): Buffer {
  const [enc, box] = [letter.subarray(0, 32), letter.subarray(32)];
  const kem = Buffer.from('KEM\x00\x20', 'latin1');
  const hpke = Buffer.from('HPKE\x00\x20\x00\x01\x00\x02', 'latin1');
  const context = Buffer.concat([enc, Buffer.from(key.publicKey, 'base64url')]);
  const shared = expand(kem, extract(kem, '', 'eae_prk', agree(key, enc)), ['shared_secret', 32], context);
  const hashes = [extract(hpke, '', 'psk_id_hash', ''), extract(hpke, '', 'info_hash', INFO)];
  const schedule = Buffer.concat([Buffer.from([0]), ...hashes]);
  const secret = extract(hpke, shared, 'secret', '');
  const [aeadKey, nonce] = [
    expand(hpke, secret, ['key', 32], schedule),
    expand(hpke, secret, ['base_nonce', 12], schedule),
  ];
  const decipher = createDecipheriv('aes-256-gcm', aeadKey, nonce);
  decipher.setAuthTag(box.subarray(-16));
  return Buffer.concat([decipher.update(box.subarray(0, -16)), decipher.final()]);
}

function agree(key: ExchangeKey, enc: Buffer): Buffer {
  const jwk = (extra: object) => ({ kty: 'OKP', crv: 'X25519', ...extra });
  const d = Buffer.from(key.secretBytes()).toString('base64url');
  const privateKey = createPrivateKey({ key: jwk({ x: key.publicKey, d }), format: 'jwk' });
  const publicKey: KeyObject = createPublicKey({ key: jwk({ x: enc.toString('base64url') }), format: 'jwk' });
  return diffieHellman({ privateKey, publicKey });
}

function extract(suite: Buffer, salt: Buffer | '', label: string, material: Buffer | string): Buffer {
  const key = salt === '' ? Buffer.alloc(32) : salt;
  return createHmac('sha256', key).update('HPKE-v1').update(suite).update(label).update(material).digest();
}

/** One block is enough: nothing here is longer than 32 bytes. */
function expand(suite: Buffer, secret: Buffer, [label, length]: [string, number], info: Buffer): Buffer {
  const head = Buffer.concat([Buffer.from([0, length]), Buffer.from('HPKE-v1'), suite, Buffer.from(label), info]);
  return createHmac('sha256', secret)
    .update(head)
    .update(Buffer.from([1]))
    .digest()
    .subarray(0, length);
}

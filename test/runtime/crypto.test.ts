// The primitives agree with published vectors, and say no without throwing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { exportSecret, importSecret, makeExchangeKey, makeSigningKey, primitives } from '../../runtime/crypto.js';

const hex = (text: string): Uint8Array => Buffer.from(text, 'hex');
const base64url = (text: string): string => Buffer.from(text, 'hex').toString('base64url');

const BOB_SECRET = '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb';
const BOB_PUBLIC = 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f';

test('Ed25519 signs as RFC 8032, section 7.1, test 2 says', () => {
  const secret = base64url('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
  const key = importSecret('ed25519', secret);
  assert.ok(key);
  assert.equal(key.publicKey, base64url('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'));
  const signature = primitives.sign(hex('72'), key);
  assert.equal(
    signature,
    base64url(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ),
  );
  assert.ok(primitives.verify(hex('72'), signature, key.publicKey));
});

test("X25519 keys are those of RFC 7748, section 6.1, Bob's", () => {
  const secret = base64url(BOB_SECRET);
  assert.equal(importSecret('x25519', secret)?.publicKey, base64url(BOB_PUBLIC));
});

test('whatever is not a valid signature is refused without a throw', () => {
  const key = makeSigningKey();
  const signature = primitives.sign(utf8('hello'), key);
  assert.ok(primitives.verify(utf8('hello'), signature, key.publicKey));
  assert.ok(!primitives.verify(utf8('hullo'), signature, key.publicKey));
  assert.ok(!primitives.verify(utf8('hello'), signature, makeSigningKey().publicKey));
  for (const broken of ['', 'A', signature.slice(1), `${signature}A`, '!'.repeat(86)]) {
    assert.ok(!primitives.verify(utf8('hello'), broken, key.publicKey), broken);
  }
  for (const broken of ['', 'A', key.publicKey.slice(1), `${key.publicKey}AA`, '/'.repeat(43)]) {
    assert.ok(!primitives.verify(utf8('hello'), signature, broken), broken);
  }
});

test('a key of small order, in whatever form, signs nothing', () => {
  const forms = [
    '0100000000000000000000000000000000000000000000000000000000000000',
    '0000000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  ];
  const signed = forms.flatMap((form) => {
    const negative = Buffer.from(form, 'hex');
    negative[31] = (negative[31] ?? 0) | 0x80;
    return [base64url(form), negative.toString('base64url')].filter((key) => isForgeable(key));
  });
  assert.deepEqual(signed, []);
});

/** R = the neutral point and S = 0: what holds for an eighth of all texts at least, under a key of small order. */
function isForgeable(key: string): boolean {
  const forged = base64url(`01${'00'.repeat(63)}`);
  return Array.from({ length: 64 }, (_, at) => utf8(`text ${at}`)).some((text) => primitives.verify(text, forged, key));
}

test('many strangers do not push the memory of public keys beyond its bound, nor spoil it', () => {
  const key = makeSigningKey();
  const signature = primitives.sign(utf8('hello'), key);
  for (let count = 0; count < LIMITS.publicKeysCachedMax + 10; count += 1) {
    primitives.verify(utf8('hello'), 'A'.repeat(86), Buffer.alloc(32, `${count} `).toString('base64url'));
  }
  assert.ok(primitives.verify(utf8('hello'), signature, key.publicKey));
});

test('SHA-256 and SHA-512 of "abc" are those of FIPS 180', () => {
  assert.equal(
    Buffer.from(primitives.sha256(utf8('abc'))).toString('hex'),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  assert.ok(
    Buffer.from(primitives.sha512(utf8('abc')))
      .toString('hex')
      .startsWith('ddaf35a193617abacc417349ae204131'),
  );
});

test('AES-256-GCM opens what it sealed, and nothing that was changed', () => {
  const [key, nonce, header] = [new Uint8Array(32).fill(1), new Uint8Array(12).fill(2), utf8('header')];
  for (const plain of [new Uint8Array(0), utf8('hello')]) {
    const sealed = primitives.aeadSeal(key, nonce, header, plain);
    assert.equal(sealed.length, plain.length + 16);
    assert.deepEqual(Buffer.from(primitives.aeadOpen(key, nonce, header, sealed) ?? 'no'), Buffer.from(plain));
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = sealed.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.equal(primitives.aeadOpen(key, nonce, header, changed), null);
    }
    assert.equal(primitives.aeadOpen(key, nonce, utf8('other'), sealed), null);
    assert.equal(primitives.aeadOpen(key, nonce, header, sealed.subarray(0, 15)), null);
  }
});

test('AES-256-GCM seals as test case 14 of its specification says', () => {
  const sealed = primitives.aeadSeal(new Uint8Array(32), new Uint8Array(12), new Uint8Array(0), new Uint8Array(16));
  assert.equal(Buffer.from(sealed).toString('hex'), 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919');
});

test('secrets survive export and import, and wrong texts are no keys', () => {
  for (const key of [makeSigningKey(), makeExchangeKey()]) {
    assert.equal(importSecret(key.algorithm, exportSecret(key))?.publicKey, key.publicKey);
  }
  for (const broken of ['', 'AAAA', '*'.repeat(43)]) assert.equal(importSecret('ed25519', broken), null);
});

test('a held key shows nothing secret when printed or serialised', () => {
  const key = makeSigningKey();
  assert.ok(!JSON.stringify(key).includes(exportSecret(key)));
});

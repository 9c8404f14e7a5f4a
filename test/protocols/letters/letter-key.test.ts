// Letter keys: signed by their device, and read as nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { signObject } from '../../../protocols/kit/signed.js';
import { readLetterKey, signLetterKey } from '../../../protocols/letters/letter-key.js';
import { letterInfo, readSealedLetter, sealedLetterText } from '../../../protocols/letters/sealed-letter.js';
import { makeExchangeKey, makeSigningKey, primitives } from '../../../runtime/crypto.js';

const device = makeSigningKey();
const other = makeSigningKey();
const letterKey = { device: device.publicKey, number: 3, key: makeExchangeKey().publicKey, at: 7 };

test('[LETTER-12] a letter key is read back if its own device signed it', () => {
  const signed = signLetterKey(letterKey, device, primitives);
  assert.deepEqual(readLetterKey(signed, device.publicKey, primitives), letterKey);
  assert.equal(readLetterKey(signed, other.publicKey, primitives), null);
});

test('[LETTER-13] a letter key of another signer, device, type or shape is refused', () => {
  const refused = [
    signLetterKey(letterKey, other, primitives),
    signLetterKey({ ...letterKey, device: other.publicKey }, device, primitives),
    signObject('letter', letterKey, device, primitives),
    signObject('letter_key', { ...letterKey, number: 0 }, device, primitives),
    signObject('letter_key', { ...letterKey, key: 'x' }, device, primitives),
    signObject('letter_key', { ...letterKey, more: 'x'.repeat(LIMITS.letterKeyBytes) }, device, primitives),
  ];
  for (const signed of refused) assert.equal(readLetterKey(signed, device.publicKey, primitives), null);
});

test('a sealed letter is read back, and a text without content is none', () => {
  const writer = { device: device.publicKey, identity: other.publicKey };
  const text = sealedLetterText({ key: letterKey.key, writer, sealed: 'AAAA' });
  assert.deepEqual(readSealedLetter(text), { key: letterKey.key, writer, sealed: 'AAAA' });
  for (const short of ['', 'A', text.slice(0, -4)]) assert.equal(readSealedLetter(short), null);
});

test('[LETTER-15] the info differs with the letter key, each device and each identity key', () => {
  const [a, b] = [
    { device: 'a', identity: 'b' },
    { device: 'c', identity: 'd' },
  ];
  const all = [
    letterInfo('k', a, b),
    letterInfo('l', a, b),
    letterInfo('k', b, a),
    letterInfo('k', { ...a, device: 'x' }, b),
    letterInfo('k', { ...a, identity: 'x' }, b),
    letterInfo('k', a, { ...b, device: 'x' }),
    letterInfo('k', a, { ...b, identity: 'x' }),
  ];
  assert.equal(new Set(all).size, all.length);
});

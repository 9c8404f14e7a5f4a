// Tests fingerprints and safety numbers.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { fingerprintWords, safetyNumber } from '../../../protocols/directory/fingerprint.js';
import { WORDS } from '../../../protocols/directory/word-list.js';
import { makeSigningKey, primitives } from '../../../runtime/crypto.js';

const alice = { name: 'alice', key: makeSigningKey().publicKey };
const bob = { name: 'bob', key: makeSigningKey().publicKey };

test('[DIR-10] the list has 2048 different words of plain letters', () => {
  assert.equal(new Set(WORDS).size, 2_048);
  for (const word of WORDS) assert.match(word, /^[a-z]+$/);
});

test('[DIR-10] the fingerprint is the first 66 bits of SHA-256 of the raw key, eleven for each word', () => {
  const hash = createHash('sha256').update(Buffer.from(alice.key, 'base64url')).digest();
  const words = fingerprintWords(alice.key, primitives).split(' ');
  const indexes = words.map((word) => BigInt(WORDS.indexOf(word)));
  const bits = indexes.reduce((sum, index) => (sum << 11n) | index, 0n);
  assert.equal(words.length, 6);
  assert.equal(bits, BigInt(`0x${hash.toString('hex')}`) >> 190n);
});

test('[DIR-11] both ends compute the same safety number', () => {
  const number = safetyNumber(alice, bob, primitives);
  assert.equal(safetyNumber(bob, alice, primitives), number);
  assert.match(number, /^\d{5}( \d{5}){11}$/);
});

test('[DIR-11] another key or name changes its own half of the number only', () => {
  const number = safetyNumber(alice, bob, primitives);
  const rekeyed = safetyNumber(alice, { ...bob, key: makeSigningKey().publicKey }, primitives);
  const renamed = safetyNumber(alice, { ...bob, name: 'b0b' }, primitives);
  const halves = (of: string) => [of.slice(0, 35), of.slice(36)];
  for (const other of [rekeyed, renamed]) {
    assert.notEqual(other, number);
    assert.ok(halves(other).some((half) => halves(number).includes(half)));
  }
});

test('[DIR-11] each half costs 5200 rounds of SHA-512', () => {
  let rounds = 0;
  const counting = { ...primitives, sha512: (bytes: Uint8Array) => ((rounds += 1), primitives.sha512(bytes)) };
  safetyNumber(alice, bob, counting);
  assert.equal(rounds, 2 * 5_200);
});

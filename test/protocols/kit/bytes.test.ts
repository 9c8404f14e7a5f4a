// Bytes and text: the one canonical base64url, UTF-8 without guesses, JSON without exceptions.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  byteLength,
  concat,
  copyOf,
  fromBase64url,
  parseJson,
  textOf,
  toBase64url,
  utf8,
  viewOf,
} from '../../../protocols/kit/bytes.js';

const someBytes = fc.uint8Array({ maxLength: 200 });
const plain = (bytes: Uint8Array | null) => (bytes === null ? null : [...bytes]);

test('base64url reads and writes exactly what the platform does', () => {
  fc.assert(
    fc.property(someBytes, (bytes) => {
      const text = Buffer.from(bytes).toString('base64url');
      assert.equal(toBase64url(bytes), text);
      assert.deepEqual(plain(fromBase64url(text)), [...bytes]);
    }),
  );
});

test('any text is either the canonical base64url of its bytes, or null', () => {
  const nearly = fc.string({ unit: fc.constantFrom(...'ABQgwxyz019-_=+/ é😀'), maxLength: 12 });
  fc.assert(
    fc.property(nearly, (text) => {
      const bytes = fromBase64url(text);
      const canonical = Buffer.from(text, 'base64url').toString('base64url') === text;
      assert.equal(bytes !== null, canonical, JSON.stringify(text));
      if (bytes) assert.equal(toBase64url(bytes), text);
    }),
    { numRuns: 2_000 },
  );
});

test('padding, other alphabets, impossible lengths and leftover bits are not base64url', () => {
  for (const text of ['AA==', 'AA=', '+/AA', 'A', 'AAAAA', 'AB', 'AAB', ' AA', 'AA\n', '\u{1f600}A']) {
    assert.equal(fromBase64url(text), null, JSON.stringify(text));
  }
  assert.deepEqual(plain(fromBase64url('')), []);
});

test('well-formed text survives UTF-8, a byte order mark in front included', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.equal(textOf(utf8(text)), text);
      assert.equal(byteLength(text), Buffer.byteLength(text));
    }),
  );
  assert.equal(textOf(utf8('\ufeffhi')), '\ufeffhi');
});

test('bytes that are not UTF-8 are no text', () => {
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf5, 0x80, 0x80, 0x80]]) {
    assert.equal(textOf(Uint8Array.from(bytes)), null);
  }
});

test('pieces are joined in order, into memory of their own', () => {
  const first = Uint8Array.of(1, 2);
  const joined = concat(first, new Uint8Array(0), Uint8Array.of(3));
  first[0] = 9;
  assert.deepEqual([...joined], [1, 2, 3]);
  assert.equal(concat().length, 0);
});

test('what is not JSON is undefined, which JSON cannot say', () => {
  assert.deepEqual(parseJson('{"a":[null]}'), { a: [null] });
  assert.equal(parseJson('null'), null);
  for (const text of ['', '{', '{"a":1}x', 'undefined', 'NaN', "{'a':1}"]) assert.equal(parseJson(text), undefined);
});

test('copyOf and viewOf give plain bytes of the same places, whatever kind of array they are given', () => {
  const places = fc.integer({ min: -250, max: 250 });
  fc.assert(
    fc.property(someBytes, places, places, (bytes, start, end) => {
      const expected = [...bytes.slice(start, end)];
      for (const given of [bytes, Buffer.from(bytes)]) {
        for (const taken of [copyOf(given, start, end), viewOf(given, start, end)]) {
          assert.deepEqual([...taken], expected);
          assert.equal(Buffer.isBuffer(taken), false);
        }
      }
    }),
  );
});

test('a copy keeps its bytes when the Buffer it was taken from changes, a view follows it', () => {
  const pool = Buffer.from([1, 2, 3, 4]);
  const copy = copyOf(pool, 1, 3);
  const view = viewOf(pool, 1, 3);
  pool[1] = 9;
  assert.deepEqual(
    [[...copy], [...view]],
    [
      [2, 3],
      [9, 3],
    ],
  );
});

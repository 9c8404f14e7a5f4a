// Shapes: keys, ids, signatures and times are accepted in their one form, and no key more than named gets through.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Type } from '../../../protocols/kit/packages/typebox.js';
import { compileShape, Count, exactly, IdText, KeyText, SignatureText, Time } from '../../../protocols/kit/shapes.js';
import { fromBase64url, toBase64url } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';

const TEXTS = [
  { name: 'key', bytes: 32, shape: compileShape(KeyText) },
  { name: 'signature', bytes: 64, shape: compileShape(SignatureText) },
  { name: 'id', bytes: 16, shape: compileShape(IdText) },
];

for (const { name, bytes, shape } of TEXTS) {
  test(`a ${name} is the canonical base64url of ${bytes} bytes, and nothing else is`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: bytes, maxLength: bytes }), fc.nat(63), (raw, k) => {
        const text = toBase64url(raw);
        assert.ok(shape.accepts(text));
        const other = text.slice(0, -1) + 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.charAt(k);
        assert.equal(shape.accepts(other), fromBase64url(other)?.length === bytes);
      }),
    );
    const text = toBase64url(new Uint8Array(bytes));
    for (const wrong of ['', text.slice(1), `${text}A`, `${text}=`, `${text}\n`, ` ${text}`, null, 7, [text]]) {
      assert.ok(!shape.accepts(wrong), JSON.stringify(wrong));
    }
  });
}

test('times and counts are whole, within bounds, and numbers', () => {
  const time = compileShape(Time);
  const count = compileShape(Count);
  assert.ok(time.accepts(0) && time.accepts(LIMITS.timeMax) && count.accepts(1));
  for (const wrong of [-1, 0.5, LIMITS.timeMax + 1, Number.NaN, Infinity, '1', null]) assert.ok(!time.accepts(wrong));
  for (const wrong of [0, 1.5, Number.MAX_SAFE_INTEGER + 1, '1']) assert.ok(!count.accepts(wrong));
});

test('a key that is not named, or one too few, is refused', () => {
  const shape = compileShape(exactly({ a: Type.Number(), b: Type.Optional(Type.Number()) }));
  assert.ok(shape.accepts({ a: 1 }) && shape.accepts({ a: 1, b: 2 }));
  for (const wrong of [{ a: 1, c: 2 }, {}, { a: '1' }, [], null, 'a', JSON.parse('{"a":1,"__proto__":{}}')]) {
    assert.ok(!shape.accepts(wrong), JSON.stringify(wrong));
  }
});

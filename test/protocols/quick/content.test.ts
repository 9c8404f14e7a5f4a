// Tests the content of quick messages: its layout, its limits, and arbitrary bytes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toBase64url } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { decodeContent, encodeContent, type QuickContent } from '../../../protocols/quick/content.js';

const id = toBase64url(new Uint8Array(16).fill(7));
const text = (words: string): QuickContent => ({
  type: 'text',
  id,
  at: 1_700_000_000_000,
  lamport: 9,
  endsMs: 7_000,
  text: words,
});

test('decoding an encoded content gives the same content', () => {
  const contents: QuickContent[] = [{ type: 'ack', id }, { type: 'typing', id }, text('hi'), text('\ufeffé\u{1f600}')];
  for (const content of contents) assert.deepEqual(decodeContent(encodeContent(content)), content);
});

test('[QUICK-6] a text has between 1 and 900 bytes', () => {
  assert.ok(decodeContent(encodeContent(text('x'.repeat(900)))));
  assert.ok(decodeContent(encodeContent(text('é'.repeat(450)))));
  assert.equal(decodeContent(encodeContent(text('x'.repeat(901)))), null);
  assert.equal(decodeContent(encodeContent(text(''))), null);
});

test('[QUICK-8] an answer is no longer than the shortest text', () => {
  assert.ok(encodeContent({ type: 'ack', id }).length < encodeContent(text('x')).length);
});

test('times and counters out of range are rejected', () => {
  const bytes = encodeContent(text('x'));
  const view = (at: bigint, lamport: bigint): Uint8Array => {
    const copy = bytes.slice();
    new DataView(copy.buffer).setBigUint64(17, at);
    new DataView(copy.buffer).setBigUint64(25, lamport);
    return copy;
  };
  assert.ok(decodeContent(view(BigInt(LIMITS.timeMax), 1n)));
  assert.equal(decodeContent(view(BigInt(LIMITS.timeMax) + 1n, 1n)), null);
  assert.equal(decodeContent(view(1n, 0n)), null);
  assert.equal(decodeContent(view(1n, 2n ** 53n)), null);
  assert.equal(decodeContent(view(2n ** 64n - 1n, 2n ** 64n - 1n)), null);
});

test('an unknown type, a short head, a long acknowledgement and invalid UTF-8 are rejected', () => {
  const ack = encodeContent({ type: 'ack', id });
  assert.equal(decodeContent(Uint8Array.of(9, ...ack.subarray(1))), null);
  assert.equal(decodeContent(ack.subarray(0, 16)), null);
  assert.equal(decodeContent(Uint8Array.of(...ack, 0)), null);
  assert.equal(decodeContent(Uint8Array.of(...encodeContent(text('x')).subarray(0, -1), 0xff)), null);
});

test('any bytes decode to a content that encodes again, or to null', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(0, 1, 2, 3, 255), (bytes, kind) => {
      bytes[0] = kind;
      const content = decodeContent(bytes);
      if (content) assert.deepEqual([...encodeContent(content)], [...bytes]);
    }),
    { numRuns: 1_000 },
  );
});

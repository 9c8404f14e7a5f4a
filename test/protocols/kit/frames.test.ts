// Framing: frames come out whole and in order wherever the stream is cut, and a fault ends it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat } from '../../../protocols/kit/bytes.js';
import { encodeFrame, FrameReader } from '../../../protocols/kit/frames.js';
import { LIMITS } from '../../../protocols/kit/limits.js';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });

/** Everything a reader gives, up to where it needs more or has found a fault. */
function drain(reader: FrameReader): string[] {
  const out: string[] = [];
  for (let next = reader.next(); next !== null; next = reader.next()) {
    if ('fault' in next) return [...out, next.fault];
    out.push(next.text);
  }
  return out;
}

/** The pieces of a stream cut at these places. */
function cut(stream: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => place % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  return at.slice(1).map((end, k) => stream.subarray(at[k], end));
}

function header(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

test('frames cut anywhere, empty pieces included, come out whole and in order', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 40 }), (texts, places) => {
      const reader = new FrameReader();
      const got = cut(concat(...texts.map(encodeFrame)), places).flatMap((piece) => {
        reader.push(piece);
        return drain(reader);
      });
      assert.deepEqual(got, texts);
    }),
    { numRuns: 500 },
  );
});

test('one byte at a time is as good as all at once', () => {
  const reader = new FrameReader();
  const got = [...concat(encodeFrame('première'), encodeFrame('x'))].flatMap((byte) => {
    reader.push(Uint8Array.of(byte));
    return drain(reader);
  });
  assert.deepEqual(got, ['première', 'x']);
});

test('the length counts bytes of UTF-8, big-endian, without itself', () => {
  assert.deepEqual([...encodeFrame('é')], [0, 0, 0, 2, 0xc3, 0xa9]);
});

test('an oversized frame is refused at its header, before its body is waited for', () => {
  const reader = new FrameReader(100);
  reader.push(concat(encodeFrame('a'), header(101)));
  assert.deepEqual(drain(reader), ['a', 'oversized']);
  const huge = new FrameReader();
  huge.push(Uint8Array.of(255, 255, 255, 255));
  assert.deepEqual(drain(huge), ['oversized']);
});

test('[LINK-4] a frame of the bound passes, one byte more does not; the greeting has 4 KiB', () => {
  const fits = new FrameReader();
  fits.push(encodeFrame('x'.repeat(LIMITS.linkHelloFrameBytes)));
  assert.equal(drain(fits)[0]?.length, 4 * 1024);
  const over = new FrameReader();
  over.push(header(LIMITS.linkHelloFrameBytes + 1));
  assert.deepEqual(drain(over), ['oversized']);
});

test('[LINK-4] after the welcome frames may be larger, and those that had come already too', () => {
  const reader = new FrameReader();
  reader.allow(LIMITS.linkFrameBytes);
  reader.push(encodeFrame('x'.repeat(LIMITS.linkFrameBytes)));
  assert.equal(drain(reader)[0]?.length, 256 * 1024);
});

test('an empty frame and one that is not UTF-8 end the stream', () => {
  const empty = new FrameReader();
  empty.push(header(0));
  assert.deepEqual(drain(empty), ['empty']);
  const broken = new FrameReader();
  broken.push(concat(header(1), Uint8Array.of(0xff)));
  assert.deepEqual(drain(broken), ['not-utf8']);
});

test('after a fault nothing comes out any more, whatever goes in', () => {
  const reader = new FrameReader();
  reader.push(header(0));
  assert.deepEqual(drain(reader), ['empty']);
  reader.push(encodeFrame('late'));
  assert.deepEqual(drain(reader), ['empty']);
});

test('any bytes at all give frames within the bound, or a fault, and never throw', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 20 }), (pieces) => {
      const reader = new FrameReader(16);
      for (const piece of pieces) {
        reader.push(piece);
        for (const got of drain(reader)) assert.ok(Buffer.byteLength(got) <= 16);
      }
    }),
  );
});

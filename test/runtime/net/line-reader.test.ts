// Lines are cut wherever the chunks fall, and none is larger than its bound.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineReader, type LineResult } from '../../../runtime/net/line-reader.js';

function readAll(bound: number, ...chunks: (string | Buffer)[]): LineResult[] {
  const reader = new LineReader(bound);
  const lines: LineResult[] = [];
  for (const chunk of chunks) reader.push(Buffer.from(chunk as string), (line) => lines.push(line));
  return lines;
}

test('lines come out whole, wherever the chunks were cut', () => {
  const text = 'one\r\ntwo\n\nfünf\n';
  const expected = ['one', 'two', '', 'fünf'].map((line) => ({ text: line }));
  assert.deepEqual(readAll(10, text), expected);
  assert.deepEqual(readAll(10, ...[...Buffer.from(text)].map((byte) => Buffer.of(byte))), expected);
  assert.deepEqual(readAll(10, 'no end'), []);
});

test('a line at its bound is one, a byte more ends the stream', () => {
  assert.deepEqual(readAll(3, 'abc\n'), [{ text: 'abc' }]);
  assert.deepEqual(readAll(3, 'abc\r\n'), [{ text: 'abc' }]);
  for (const chunks of [['abcd\nef\n'], ['ab', 'cd', '\n'], ['x'.repeat(1_000)]])
    assert.deepEqual(readAll(3, ...chunks), [{ fault: 'oversized' }]);
});

test('what is no UTF-8 ends the stream', () => {
  assert.deepEqual(readAll(10, Buffer.of(0xc3, 0x28, 10), 'more\n'), [{ fault: 'not-utf8' }]);
});

test('a larger bound holds from the next line on, within one chunk', () => {
  const reader = new LineReader(3);
  const lines: LineResult[] = [];
  reader.push(Buffer.from('abc\nlonger\n'), (line) => {
    lines.push(line);
    reader.allow(10);
  });
  assert.deepEqual(lines, [{ text: 'abc' }, { text: 'longer' }]);
});

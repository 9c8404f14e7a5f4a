// Tests the parser of response heads: valid heads, ambiguous heads, and arbitrary bytes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, utf8 } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { readResponseHead } from '../../../protocols/posts/response-head.js';

const read = (...lines: string[]) => readResponseHead(utf8(`${lines.join('\r\n')}\r\n\r\nbody`));

test('[POST-21] the head of a partial response is parsed', () => {
  const head = read('HTTP/1.1 206 Partial', 'ETag: "abc"', 'content-length: 5', 'Content-Range: bytes 2-6/7', 'X: y');
  assert.ok(head && head !== 'malformed');
  const { headBytes, ...rest } = head;
  assert.deepEqual(rest, { status: 206, length: 5, etag: '"abc"', start: 2, total: 7 });
  assert.ok(headBytes > 0);
});

test('[POST-21] an incomplete head is awaited up to its size limit', () => {
  assert.equal(readResponseHead(utf8('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n')), null);
  assert.equal(readResponseHead(new Uint8Array(LIMITS.postHeaderBytes).fill(65)), 'malformed');
});

test('[POST-22] an ambiguous head is malformed', () => {
  const wrong = [
    ['HTTP/1.0 200 OK'],
    ['HTTP/1.1 99 x'],
    ['nonsense'],
    ['HTTP/1.1 200 OK', 'Content-Length: 5', 'content-length: 6'],
    ['HTTP/1.1 200 OK', 'Content-Length: -5'],
    ['HTTP/1.1 200 OK', 'Content-Length: 5, 5'],
    ['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'],
    ['HTTP/1.1 200 OK', 'Content-Encoding: gzip'],
    ['HTTP/1.1 200 OK', ' folded: x'],
    ['HTTP/1.1 200 OK', 'no colon'],
  ];
  for (const lines of wrong) assert.equal(read(...lines), 'malformed', lines.join(' | '));
});

test('[POST-22] no input makes the parser throw', () => {
  const start = utf8('HTTP/1.1 200 OK\r\n');
  const property = fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isHttp) => {
    const head = readResponseHead(isHttp ? concat(start, bytes, utf8('\r\n\r\n')) : bytes);
    assert.ok(head === null || head === 'malformed' || head.status === 200);
  });
  fc.assert(property, { numRuns: 1_000 });
});

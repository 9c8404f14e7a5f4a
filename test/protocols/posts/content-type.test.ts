// Tests the type of a file by its first bytes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '../../../protocols/kit/bytes.js';
import { contentType, SNIFF_BYTES } from '../../../protocols/posts/content-type.js';
import { manifestShape } from '../../../protocols/posts/manifest.js';
import { manifest } from './samples.js';

const bytes = (...parts: (number | string)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...utf8(part)])));

const KNOWN: readonly [string, Uint8Array][] = [
  ['image/png', bytes(0x89, 'PNG\r\n', 0x1a, 0x0a)],
  ['image/jpeg', bytes(0xff, 0xd8, 0xff, 0xe0)],
  ['image/webp', bytes('RIFF', 1, 2, 3, 4, 'WEBP')],
  ['audio/wav', bytes('RIFF', 1, 2, 3, 4, 'WAVE')],
  ['video/mp4', bytes(0, 0, 0, 24, 'ftypisom')],
  ['application/pdf', bytes('%PDF-1.7')],
  ['text/plain', bytes('grüße\r\n\tund mehr')],
  ['text/plain', bytes()],
  ['application/octet-stream', bytes('a', 0, 'b')],
  ['application/octet-stream', bytes(0xc3, 0x28)],
];

test('[POST-6] the first bytes determine the type', () => {
  for (const [type, first] of KNOWN) {
    assert.equal(contentType(first), type);
    assert.ok(manifestShape.accepts(manifest({ type })));
  }
});

test('[POST-6] a character that is cut at the end of the inspected bytes is valid text', () => {
  const text = utf8('x'.repeat(SNIFF_BYTES - 1) + 'ü').subarray(0, SNIFF_BYTES);
  assert.equal(contentType(text), 'text/plain');
  assert.equal(contentType(text.subarray(1)), 'application/octet-stream');
});

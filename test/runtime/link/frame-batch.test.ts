// A batch is the frames of its texts, one behind the other.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat } from '../../../protocols/kit/bytes.js';
import { encodeFrame } from '../../../protocols/kit/frames.js';
import { FrameBatch } from '../../../runtime/link/frame-batch.js';

test('a batch gives the same bytes as frame after frame, and begins anew', () => {
  const batch = new FrameBatch();
  const texts = ['a', 'ä€😀', 'x'.repeat(70_000), '{"type":"ping"}'];
  for (const text of texts) batch.add(text);
  const bytes = concat(...texts.map(encodeFrame));
  assert.equal(batch.size, bytes.length);
  assert.deepEqual(new Uint8Array(batch.take()), bytes);
  assert.equal(batch.size, 0);
  assert.equal(batch.take().length, 0);
});

// Tests the resolution of Range headers: examples of RFC 9110, and hostile headers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { resolveRange } from '../../../protocols/posts/ranges.js';

const asked = (range: string | undefined, size = 1_000, ifRange?: string) =>
  resolveRange({ range, ifRange, etag: '"abc"', size });

test('[POST-17] ranges with a start, with start and end, and suffixes', () => {
  assert.deepEqual(asked('bytes=0-99'), { start: 0, end: 100 });
  assert.deepEqual(asked('bytes=500-'), { start: 500, end: 1_000 });
  assert.deepEqual(asked('bytes=-1'), { start: 999, end: 1_000 });
  assert.deepEqual(asked('bytes=-5000'), { start: 0, end: 1_000 });
  assert.deepEqual(asked('Bytes=990-5000'), { start: 990, end: 1_000 });
  assert.deepEqual(asked('bytes=0-0'), { start: 0, end: 1 });
});

test('[POST-17] a malformed range, several ranges or another unit mean the whole file', () => {
  const none = ['', 'bytes', 'bytes=', 'bytes=-', 'bytes=5-4', 'bytes=a-b', 'bytes=0-1,5-6', 'lines=0-1', 'bytes=0x1-'];
  for (const range of [...none, 'bytes=1.5-2', 'bytes=+1-2', `bytes=${'9'.repeat(17)}-`, undefined])
    assert.equal(asked(range), 'whole', range);
});

test('[POST-17] a range beyond the end is unsatisfiable', () => {
  for (const range of ['bytes=1000-', 'bytes=9999999999999999-', 'bytes=-0'])
    assert.equal(asked(range), 'unsatisfiable');
  assert.equal(asked('bytes=0-', 0), 'unsatisfiable');
  assert.equal(asked('bytes=-5', 0), 'unsatisfiable');
});

test('[POST-17] If-Range with another tag means the whole file', () => {
  assert.deepEqual(asked('bytes=5-', 1_000, '"abc"'), { start: 5, end: 1_000 });
  assert.equal(asked('bytes=5-', 1_000, '"other"'), 'whole');
  assert.equal(asked('bytes=5-', 1_000, 'W/"abc"'), 'whole');
});

test('[POST-17] for any header the range lies inside the file', () => {
  const shapes = fc.oneof(
    fc.string(),
    fc.stringMatching(/^bytes=[0-9,-]{0,40}$/),
    fc.stringMatching(/^bytes=\d*-\d*$/),
  );
  const property = fc.property(shapes, fc.nat(10_000), (range, size) => {
    const meaning = asked(range, size);
    if (typeof meaning === 'string') return;
    assert.ok(Number.isInteger(meaning.start) && Number.isInteger(meaning.end));
    assert.ok(meaning.start >= 0 && meaning.start < meaning.end && meaning.end <= size);
  });
  fc.assert(property, { numRuns: 2_000 });
});

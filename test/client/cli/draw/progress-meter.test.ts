// The progress of transfers, as a bar and as a line.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgressMeter } from '../../../../client/cli/draw/progress-meter.js';
import { drawSize } from '../../../../client/cli/draw/answers/posts.js';

const half = { post: 'a', received: 500_000_000, size: 1_000_000_000 };

test('a bar has percent, rate and time left', () => {
  const meter = new ProgressMeter();
  assert.equal(meter.bar(0), '');
  meter.update({ ...half, received: 0 }, 0);
  assert.equal(meter.bar(0), '[░░░░░░░░░░ 0%]');
  meter.update(half, 5_000);
  assert.equal(meter.bar(5_000), '[█████░░░░░ 50% 100 MB/s 5 s left]');
});

test('several transfers share a bar; finished and silent ones are not shown', () => {
  const meter = new ProgressMeter();
  for (const post of ['a', 'b']) {
    meter.update({ ...half, post, received: 0 }, 0);
    meter.update({ ...half, post }, 5_000);
  }
  assert.equal(meter.bar(5_000), '[█████░░░░░ 2 files, 50% 200 MB/s 5 s left]');
  meter.update({ ...half, post: 'b', received: half.size }, 6_000);
  assert.match(meter.bar(6_000), /^\[█████░░░░░ 50%/);
  assert.equal(meter.bar(60_000), '');
  meter.remove('a');
  assert.equal(meter.bar(6_000), '');
});

test('a line is printed every five seconds at most', () => {
  const meter = new ProgressMeter();
  meter.update({ ...half, received: 0 }, 0);
  assert.equal(meter.line('a', 4_999), null);
  meter.update(half, 5_000);
  assert.equal(meter.line('a', 5_000), 'a: 500 MB of 1 GB, 50% 100 MB/s 5 s left');
  assert.equal(meter.line('a', 9_000), null);
  assert.equal(meter.line('b', 99_000), null);
});

test('sizes are shown with one unit', () => {
  const sizes = [0, 1, 999, 1_000, 12_300, 3_200_000, 4_294_967_296].map(drawSize);
  assert.deepEqual(sizes, ['0 bytes', '1 bytes', '999 bytes', '1 kB', '12.3 kB', '3.2 MB', '4.3 GB']);
});

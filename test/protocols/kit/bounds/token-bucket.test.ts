// The token bucket: a burst, then an even pace.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBucket } from '../../../../protocols/kit/bounds/token-bucket.js';

const taken = (bucket: TokenBucket, now: number, tries = 100): number =>
  Array.from({ length: tries }, () => bucket.take(now)).filter(Boolean).length;

test('a burst at once, then so many a second, and never more than the burst', () => {
  const bucket = new TokenBucket({ perSecond: 5, burst: 20 }, 1_000);
  assert.equal(taken(bucket, 1_000), 20);
  assert.equal(taken(bucket, 1_199), 0);
  assert.equal(taken(bucket, 1_200), 1);
  assert.equal(taken(bucket, 3_200), 10);
  assert.equal(taken(bucket, 100_000), 20);
});

test('it says how long to wait, and then there is one', () => {
  const bucket = new TokenBucket({ perSecond: 5, burst: 1 }, 0);
  assert.equal(bucket.waitMs(0), 0);
  bucket.take(0);
  assert.equal(bucket.waitMs(0), 200);
  assert.equal(bucket.waitMs(150), 50);
  assert.ok(bucket.take(200));
});

test('a time before the last one gives nothing', () => {
  const bucket = new TokenBucket({ perSecond: 5, burst: 1 }, 1_000);
  bucket.take(1_000);
  assert.equal(taken(bucket, 0), 0);
  assert.equal(taken(bucket, 1_100), 0);
});

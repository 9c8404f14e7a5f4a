// The clock never runs backwards, and catches up at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicClock } from '../../../../protocols/kit/bounds/monotonic-clock.js';

test('the clock goes on at its own pace while the time of the machine was set back', () => {
  const host = { wall: 1_000, elapsed: 50 };
  const clock = monotonicClock(
    () => host.wall,
    () => host.elapsed,
  );
  host.wall = 400;
  host.elapsed = 57.5;
  assert.equal(clock.now(), 1_007);
  host.wall = 410;
  host.elapsed = 67.5;
  assert.equal(clock.now(), 1_017);
});

test('the clock follows the machine forwards, a suspend included', () => {
  const host = { wall: 1_000, elapsed: 50 };
  const clock = monotonicClock(
    () => host.wall,
    () => host.elapsed,
  );
  host.wall = 3_601_000;
  host.elapsed = 51;
  assert.equal(clock.now(), 3_601_000);
});

// The clock never runs backwards, and follows the machine forwards once that has lasted.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicClock } from '../../../../protocols/kit/bounds/monotonic-clock.js';

const DAY = 86_400_000;

/** A clock that believes a jump after 5 s, and the clocks of its host. */
function clockOf(host: { wall: number; elapsed: number; slept?: number }) {
  const time = { wall: () => host.wall, monotonic: () => host.elapsed, suspended: () => host.slept ?? NaN };
  return monotonicClock(time, 5_000);
}

test('the clock goes on at its own pace while the time of the machine was set back', () => {
  const host = { wall: 1_000, elapsed: 50 };
  const clock = clockOf(host);
  host.wall = 400;
  host.elapsed = 57.5;
  assert.equal(clock.now(), 1_007);
  host.wall = 410;
  host.elapsed = 67.5;
  assert.equal(clock.now(), 1_017);
});

test('nothing expires by one reading of a clock: a jump of 40 days that lasts 3 s does not count', () => {
  const host = { wall: 1_000, elapsed: 0, slept: 0 };
  const clock = clockOf(host);
  for (let second = 1; second <= 20; second += 1) {
    host.elapsed = second * 1_000;
    host.wall = 1_000 + host.elapsed + (second >= 4 && second <= 7 ? 40 * DAY : 0);
    assert.equal(clock.now(), 1_000 + host.elapsed);
  }
});

test('a clock that jumps again and again is not believed', () => {
  const host = { wall: 1_000, elapsed: 0 };
  const clock = clockOf(host);
  for (let second = 1; second <= 20; second += 1) {
    host.elapsed = second * 1_000;
    host.wall = second * DAY;
    assert.equal(clock.now(), 1_000 + host.elapsed);
  }
});

test('the clock follows the machine forwards once the jump has lasted', () => {
  const host = { wall: 1_000, elapsed: 0 };
  const clock = clockOf(host);
  host.wall += DAY;
  assert.equal(clock.now(), 1_000);
  host.elapsed += 4_999;
  host.wall += 4_999;
  assert.equal(clock.now(), 5_999);
  host.elapsed += 1;
  host.wall += 1;
  assert.equal(clock.now(), 6_000 + DAY);
});

test('after a suspend the clock catches up at once, each time', () => {
  const host = { wall: 1_000, elapsed: 0, slept: 100 };
  const clock = clockOf(host);
  for (let night = 1; night <= 2; night += 1) {
    host.wall += DAY;
    host.slept += DAY;
    assert.equal(clock.now(), 1_000 + night * DAY);
  }
});

test('a small correction is followed at once', () => {
  const host = { wall: 1_000, elapsed: 0 };
  const clock = clockOf(host);
  host.elapsed = 10;
  host.wall = 1_510;
  assert.equal(clock.now(), 1_510);
});

test('a clock that was set back is noticed once it has lasted, and followed when the program asks for it', () => {
  const host = { wall: 100 * DAY, elapsed: 0 };
  const clock = clockOf(host);
  const seen: (number | boolean)[] = [];
  for (let second = 1; second <= 10; second += 1) {
    host.elapsed = second * 1_000;
    host.wall = 100 * DAY + host.elapsed - (second === 2 || second >= 4 ? DAY : 0);
    seen.push(clock.wasSetBack());
  }
  assert.deepEqual(
    seen.map((isBack, index) => (isBack ? index + 1 : 0)).filter((second) => second > 0),
    [9, 10],
  );
  assert.equal(clock.now(), 100 * DAY + 10_000);
  clock.follow();
  assert.deepEqual([clock.now(), clock.wasSetBack()], [99 * DAY + 10_000, false]);
});

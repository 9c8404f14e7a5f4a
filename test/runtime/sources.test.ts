// The clock never runs backwards, dice stay in their range, ids differ.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dice, steadyClock } from '../../runtime/sources.js';

test('the clock goes on at its own pace while the time of the machine was set back', () => {
  const host = { wall: 1_000, elapsed: 50 };
  const clock = steadyClock(
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
  const clock = steadyClock(
    () => host.wall,
    () => host.elapsed,
  );
  host.wall = 3_601_000;
  host.elapsed = 51;
  assert.equal(clock.now(), 3_601_000);
});

test('dice give fractions in [0, 1) and as many bytes as asked', () => {
  for (let count = 0; count < 1_000; count += 1) {
    const fraction = dice.fraction();
    assert.ok(fraction >= 0 && fraction < 1);
  }
  assert.equal(dice.bytes(16).length, 16);
  assert.notDeepEqual(dice.bytes(16), dice.bytes(16));
});

// The replay window: each counter once, in any order, and none from too long ago.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ReplayWindow } from '../../../../protocols/kit/bounds/replay-window.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';

/** Takes a counter if it may be taken. */
function take(window: ReplayWindow, counter: bigint): boolean {
  const mayTake = window.mayTake(counter);
  if (mayTake) window.take(counter);
  return mayTake;
}

test('[QUICK-3] a counter is taken once', () => {
  const window = new ReplayWindow(LIMITS.quickReplayWindow);
  assert.ok(take(window, 5n) && take(window, 3n) && take(window, 6n));
  for (const counter of [3n, 5n, 6n]) assert.ok(!take(window, counter));
  assert.ok(take(window, 4n));
});

test('[QUICK-3] 1023 behind the highest is taken, 1024 behind is not', () => {
  const window = new ReplayWindow(LIMITS.quickReplayWindow);
  take(window, 5_000n);
  assert.ok(take(window, 5_000n - 1_023n));
  assert.ok(!window.mayTake(5_000n - 1_024n));
  assert.equal(LIMITS.quickReplayWindow, 1_024);
});

test('[QUICK-3] a jump past the window forgets it, and nothing from before comes back', () => {
  const window = new ReplayWindow(LIMITS.quickReplayWindow);
  for (let counter = 1n; counter <= 10n; counter += 1n) take(window, counter);
  assert.ok(take(window, 2n ** 64n - 1n));
  for (let counter = 1n; counter <= 10n; counter += 1n) assert.ok(!window.mayTake(counter));
  assert.ok(window.mayTake(2n ** 64n - 2n));
});

test('[QUICK-3] counters start at one', () => {
  assert.ok(!new ReplayWindow(LIMITS.quickReplayWindow).mayTake(0n));
  assert.ok(!new ReplayWindow(LIMITS.quickReplayWindow).mayTake(-1n));
});

test('[QUICK-3] asking moves nothing: only an authentic datagram does', () => {
  const window = new ReplayWindow(LIMITS.quickReplayWindow);
  assert.ok(window.mayTake(2n ** 40n));
  assert.ok(take(window, 1n));
});

test('[QUICK-3] in whatever order counters come, none is taken twice and none of the recent is refused', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 1n, max: 3_000n }), { maxLength: 300 }), (counters) => {
      const window = new ReplayWindow(LIMITS.quickReplayWindow);
      const taken = new Set<bigint>();
      let highest = 0n;
      for (const counter of counters) {
        assert.equal(take(window, counter), !taken.has(counter) && counter > highest - 1_024n);
        if (counter > highest - 1_024n) taken.add(counter);
        if (counter > highest) highest = counter;
      }
    }),
  );
});

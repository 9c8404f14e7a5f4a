// The clock and the random source of the browser. No other file of the page reads either.

import { LIMITS } from '../../protocols/kit/limits.js';
import { monotonicClock, type Clock } from '../../protocols/kit/bounds/monotonic-clock.js';
import type { RandomSource } from '../../protocols/kit/primitives.js';

export const clock: Clock = monotonicClock(
  { wall: Date.now, monotonic: () => performance.now(), suspended: () => NaN },
  LIMITS.clockJumpConfirmMs,
);

const FRACTION_STEPS = 2 ** 32;

export const random: RandomSource = {
  fraction: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / FRACTION_STEPS,
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};

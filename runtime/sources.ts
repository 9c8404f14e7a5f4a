// The clock and the random source of the host. No other file asks the host for either. The clock never runs backwards.

import { randomBytes, randomInt } from 'node:crypto';
import { uptime } from 'node:os';
import { monotonicClock, type Clock } from '../protocols/kit/bounds/monotonic-clock.js';
import { LIMITS } from '../protocols/kit/limits.js';
import type { RandomSource } from '../protocols/kit/primitives.js';

export type { Clock };

/** The uptime counts the time that the computer slept. */
const suspended = (): number => uptime() * 1_000 - performance.now();

export const clock: Clock = monotonicClock(
  { wall: Date.now, monotonic: () => performance.now(), suspended },
  LIMITS.clockJumpConfirmMs,
);

/** Microseconds since the start of the program, for traces. */
export function traceMicros(): number {
  return Math.round(performance.now() * 1_000);
}

const FRACTION_STEPS = 2 ** 48 - 1;

/** The cryptographic random generator of the system. */
export const random: RandomSource = {
  fraction: () => randomInt(FRACTION_STEPS) / FRACTION_STEPS,
  bytes: (length) => randomBytes(length),
};

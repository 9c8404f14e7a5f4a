// The sources of time and chance: the only file that asks the host for either. Its clock never runs backwards.

import { randomBytes, randomInt } from 'node:crypto';
import { monotonicClock, type Clock } from '../protocols/kit/bounds/monotonic-clock.js';
import type { RandomSource } from '../protocols/kit/primitives.js';

export type { Clock };

export const clock: Clock = monotonicClock(Date.now, () => performance.now());

/** Microseconds since the program started, for traces. */
export function traceMicros(): number {
  return Math.round(performance.now() * 1_000);
}

const FRACTION_STEPS = 2 ** 48 - 1;

/** Chance that nobody can guess: the system's generator. */
export const random: RandomSource = {
  fraction: () => randomInt(FRACTION_STEPS) / FRACTION_STEPS,
  bytes: (length) => randomBytes(length),
};

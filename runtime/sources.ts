// The sources of time and chance: the only file that asks the host for either. Its clock never runs backwards.

import { randomBytes, randomInt } from 'node:crypto';
import type { Instant } from '../protocols/kit/machine.js';
import type { Dice } from '../protocols/kit/primitives.js';

export interface Clock {
  /** Whole milliseconds since 1970, UTC. Never less than the time before. */
  now(): Instant;
}

/**
 * A clock that follows `wall` forwards and goes on at the pace of `monotonic` while `wall` was set back (ms both).
 * So a timer is never stuck because somebody corrected the time, and after a suspend the clock catches up at once.
 */
export function steadyClock(wall: () => number, monotonic: () => number): Clock {
  let seenAt = monotonic();
  let time = wall();
  return {
    now: () => {
      const at = monotonic();
      time = Math.max(wall(), time + (at - seenAt));
      seenAt = at;
      return Math.floor(time);
    },
  };
}

export const clock: Clock = steadyClock(Date.now, () => performance.now());

/** Microseconds since the program started, for traces. */
export function traceMicros(): number {
  return Math.round(performance.now() * 1_000);
}

const FRACTION_STEPS = 2 ** 48 - 1;

/** Chance that nobody can guess: the system's generator. */
export const dice: Dice = {
  fraction: () => randomInt(FRACTION_STEPS) / FRACTION_STEPS,
  bytes: (length) => randomBytes(length),
};

// The clock and the random source of the host. No other file asks the host for either. The clock never runs backwards
// by itself: a program that has stopped what waits for a time lets it follow the system.

import { randomBytes, randomInt } from 'node:crypto';
import { uptime } from 'node:os';
import { monotonicClock, type Clock, type HostClock } from '../protocols/kit/bounds/monotonic-clock.js';
import { LIMITS } from '../protocols/kit/limits.js';
import type { RandomSource } from '../protocols/kit/primitives.js';

export type { Clock };

/** The uptime counts the time that the computer slept. */
const suspended = (): number => uptime() * 1_000 - performance.now();

export const clock: HostClock = monotonicClock(
  { wall: Date.now, monotonic: () => performance.now(), suspended },
  LIMITS.clockJumpConfirmMs,
);

/**
 * Calls back once the system's clock has been set back for a while. The caller stops its machines, calls `follow` and
 * starts them again from the store, as after a crash: the times in their memory lie in a future that is far away.
 */
export function watchSetBack(onSetBack: (follow: () => void) => void): () => void {
  let isAsked = false;
  const check = (): void => {
    if (isAsked || !clock.wasSetBack()) return;
    isAsked = true;
    onSetBack(() => {
      clock.follow();
      isAsked = false;
    });
  };
  const timer = setInterval(check, LIMITS.clockCheckMs).unref();
  return () => clearInterval(timer);
}

/** Milliseconds since the start of the program, for rates: they go on when the clock follows a system set back. */
export function uptimeMs(): number {
  return performance.now();
}

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

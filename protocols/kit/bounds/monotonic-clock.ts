// A wall clock that never runs backwards, made of the host's wall clock and its monotonic clock.

import type { Instant } from '../machine.js';

export interface Clock {
  /** Whole milliseconds since 1970, UTC. Never less than an earlier result. */
  now(): Instant;
}

/**
 * Follows `wall` forwards. While `wall` is behind because it was set back, advances at the rate of `monotonic` (both in
 * ms). So a correction of the time does not block timers, and after a suspend the clock catches up at once.
 */
export function monotonicClock(wall: () => number, monotonic: () => number): Clock {
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

// A clock that never runs backwards, made of two that the host has.

import type { Instant } from '../machine.js';

export interface Clock {
  /** Whole milliseconds since 1970, UTC. Never less than the time before. */
  now(): Instant;
}

/**
 * A clock that follows `wall` forwards and goes on at the pace of `monotonic` while `wall` was set back (ms both).
 * So a timer is never stuck because somebody corrected the time, and after a suspend the clock catches up at once.
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

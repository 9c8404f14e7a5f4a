// A wall clock that runs backwards only in `follow` and doubts a sudden jump, made of the clocks of the host.

import type { Instant } from '../machine.js';

export interface Clock {
  /** Whole milliseconds since 1970, UTC. Never less than an earlier result since the last `follow`. */
  now(): Instant;
}

/** A clock that its program can set back, once all that waits for a time has stopped. */
export interface HostClock extends Clock {
  /** True once the clock of the host is at least `confirmMs` behind, for at least `confirmMs`. Asked every few seconds. */
  wasSetBack(): boolean;
  /** Takes the time of the host, which may be an earlier one. */
  follow(): void;
}

/** All in ms. `monotonic` is not changed by a correction of the time. */
export interface HostTime {
  wall(): number;
  monotonic(): number;
  /** Time that the computer has slept and `monotonic` has not counted; NaN if the host does not say. */
  suspended(): number;
}

/** Corrections up to this are followed at once, and clocks of one host may differ by it. */
const TOLERANCE_MS = 1_000;

/**
 * Advances at the rate of `monotonic`, and follows `wall` forwards. A jump of `wall` counts if the computer has slept
 * for that long, or once the jump has lasted for `confirmMs`: one wrong reading must not let letters and keys expire.
 */
export function monotonicClock(host: HostTime, confirmMs: number): HostClock {
  let seenAt = host.monotonic();
  let time = host.wall();
  let slept = host.suspended();
  let doubt: { since: number; ahead: number } | null = null;

  const counts = (ahead: number): boolean => {
    if (ahead <= TOLERANCE_MS || Math.abs(host.suspended() - slept - ahead) <= TOLERANCE_MS) return true;
    const isSame = doubt !== null && Math.abs(doubt.ahead - ahead) <= TOLERANCE_MS;
    if (doubt === null || !isSame) doubt = { since: seenAt, ahead };
    return seenAt - doubt.since >= confirmMs;
  };
  const now = (): Instant => {
    const at = host.monotonic();
    time += at - seenAt;
    seenAt = at;
    const wall = host.wall();
    if (!counts(wall - time)) return Math.floor(time);
    if (wall - time > TOLERANCE_MS) slept = host.suspended();
    doubt = null;
    time = Math.max(wall, time);
    return Math.floor(time);
  };
  let behindSince: number | null = null;
  const wasSetBack = (): boolean => {
    const isBehind = now() - host.wall() >= confirmMs;
    behindSince = isBehind ? (behindSince ?? seenAt) : null;
    return behindSince !== null && seenAt - behindSince >= confirmMs;
  };
  const follow = (): void => {
    seenAt = host.monotonic();
    time = host.wall();
    slept = host.suspended();
    doubt = null;
    behindSince = null;
  };
  return { now, wasSetBack, follow };
}

// The clock of the name server, by which users compare times: their own clocks may differ by hours.

import { LIMITS } from '../kit/limits.js';
import type { Instant } from '../kit/machine.js';
import { Refusal } from '../kit/refusals.js';

interface Owner {
  readonly now: Instant;
  warnRefusal(refusal: Refusal): void;
}

const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, 'days'],
  [3_600_000, 'hours'],
  [60_000, 'minutes'],
];

export class ServerClock {
  private aheadMs = 0;
  private hasWarned = false;

  constructor(private readonly owner: Owner) {}

  /** Now, at the name server. Before the first session: now, on our own clock. */
  get now(): Instant {
    return Math.max(0, this.owner.now + this.aheadMs);
  }

  /**
   * Now, for grants: at most a day from our own clock, since a name server with a false date must not keep grants alive
   * (protocols/posts, POST-28).
   */
  get nowForGrants(): Instant {
    const { now } = this.owner;
    const aheadMs = Math.min(Math.max(this.aheadMs, -LIMITS.postGrantClockMs), LIMITS.postGrantClockMs);
    return Math.max(0, now + aheadMs);
  }

  /** `date`: of the server, just received. Warns once of a wrong clock, until it is right again [SESS-34]. */
  measure(date: Instant): void {
    this.aheadMs = date - this.owner.now;
    const differenceMs = Math.abs(this.aheadMs);
    const isWrong = differenceMs >= LIMITS.clockWarnedMs;
    if (isWrong && !this.hasWarned) this.owner.warnRefusal(new Refusal('CLOCK_WRONG', durationText(differenceMs)));
    this.hasWarned = isWrong;
  }

  /** `expires`: written by another user by the clock of the server [LETTER-4]. */
  isExpired(expires: Instant | undefined): boolean {
    return expires !== undefined && expires + LIMITS.clockSkewMs < this.now;
  }
}

function durationText(ms: number): string {
  const [unitMs, unit] = UNITS.find(([least]) => ms >= 2 * least) ?? [60_000, 'minutes'];
  return `${Math.round(ms / unitMs)} ${unit}`;
}

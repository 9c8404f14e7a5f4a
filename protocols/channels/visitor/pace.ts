// So many at once, so many a second after that: what we say leaves no faster than a server takes it.

import type { Instant } from '../../kit/machine.js';

export class Pace {
  private left: number;
  private since: Instant = 0;

  /** `burst`: how many may come at once after a rest. */
  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.left = burst;
  }

  /** True, and one fewer is left, where one may go now. */
  take(now: Instant): boolean {
    this.left = Math.min(this.burst, this.left + ((now - this.since) * this.perSecond) / 1_000);
    this.since = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }

  /** When the next one may go, where `take` has just said no. */
  nextAt(): Instant {
    return this.since + Math.ceil(((1 - this.left) * 1_000) / this.perSecond);
  }
}

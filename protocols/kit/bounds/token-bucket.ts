// A token bucket: a rate with a burst. Tokens return at a constant rate; without enough tokens the caller waits or is
// refused.

import type { Instant } from '../machine.js';

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export class TokenBucket {
  private tokens: number;

  constructor(
    readonly rate: Rate,
    private filledAt: Instant,
  ) {
    this.tokens = rate.burst;
  }

  /** Takes tokens. False, and takes none, if there are too few. A cost above the burst needs a full bucket. */
  take(now: Instant, cost = 1): boolean {
    this.fill(now);
    const needed = Math.min(cost, this.rate.burst);
    if (this.tokens < needed) return false;
    this.tokens -= needed;
    return true;
  }

  /** Gives tokens back that were taken and not used. */
  give(now: Instant, cost: number): void {
    this.fill(now);
    this.tokens = Math.min(this.rate.burst, this.tokens + cost);
  }

  /** The time until there are enough tokens, in whole ms. */
  waitMs(now: Instant, cost = 1): number {
    this.fill(now);
    const missing = Math.min(cost, this.rate.burst) - this.tokens;
    return missing <= 0 ? 0 : Math.ceil((missing * 1_000) / this.rate.perSecond);
  }

  /** True iff less than half of the burst is spent. */
  isMostlyFull(now: Instant): boolean {
    this.fill(now);
    return this.tokens * 2 > this.rate.burst;
  }

  private fill(now: Instant): void {
    const { perSecond, burst } = this.rate;
    this.tokens = Math.min(burst, this.tokens + (Math.max(0, now - this.filledAt) * perSecond) / 1_000);
    this.filledAt = Math.max(this.filledAt, now);
  }
}

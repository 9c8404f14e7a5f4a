// A token bucket: a rate with a burst. Tokens return at a constant rate; without a token the caller waits or is
// refused.

import type { Instant } from '../machine.js';

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export class TokenBucket {
  private tokens: number;

  constructor(
    private readonly rate: Rate,
    private filledAt: Instant,
  ) {
    this.tokens = rate.burst;
  }

  /** Takes a token. False if there is none. */
  take(now: Instant): boolean {
    this.fill(now);
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** The time until there is a token, in whole ms. */
  waitMs(now: Instant): number {
    this.fill(now);
    return Math.ceil(Math.max(0, ((1 - this.tokens) * 1_000) / this.rate.perSecond));
  }

  private fill(now: Instant): void {
    const { perSecond, burst } = this.rate;
    this.tokens = Math.min(burst, this.tokens + (Math.max(0, now - this.filledAt) * perSecond) / 1_000);
    this.filledAt = Math.max(this.filledAt, now);
  }
}

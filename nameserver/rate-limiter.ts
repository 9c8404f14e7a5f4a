// A rate limiter with one fixed window of a minute for each key. Its memory is bounded.

import type { Instant } from '../protocols/kit/machine.js';

const MINUTE_MS = 60_000;

interface Window {
  since: Instant;
  count: number;
}

export class RateLimiter {
  /** In the order in which the windows began. */
  private readonly windows = new Map<string, Window>();

  /** `keysMax`: with more keys in one minute, the oldest window is dropped and its key starts a new one. */
  constructor(
    private readonly countPerMinute: number,
    private readonly keysMax: number,
  ) {}

  /** Counts one use and returns 0. If the limit is reached, counts nothing and returns the wait in ms. */
  tryTake(key: string, now: Instant): number {
    const window = this.windows.get(key);
    if (window === undefined || now - window.since >= MINUTE_MS) {
      this.begin(key, now);
      return 0;
    }
    if (window.count >= this.countPerMinute) return window.since + MINUTE_MS - now;
    window.count += 1;
    return 0;
  }

  private begin(key: string, now: Instant): void {
    this.windows.delete(key);
    for (const [other, { since }] of this.windows) {
      if (now - since < MINUTE_MS && this.windows.size < this.keysMax) break;
      this.windows.delete(other);
    }
    this.windows.set(key, { since: now, count: 1 });
  }
}

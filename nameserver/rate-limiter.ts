// Pace: how often each of many may do something in the minute that began with their first time. Its memory is bounded.

import type { Instant } from '../protocols/kit/machine.js';

const MINUTE_MS = 60_000;

interface Minute {
  since: Instant;
  times: number;
}

export class RateLimiter {
  /** In the order in which the minutes began. */
  private readonly minutes = new Map<string, Minute>();

  /** `whoMax`: when more than so many are at it within a minute, those who began first start anew. */
  constructor(
    private readonly timesPerMinute: number,
    private readonly whoMax: number,
  ) {}

  /** Counts one time and gives 0; or counts nothing and gives how long to wait, in ms. */
  tryTake(who: string, now: Instant): number {
    const minute = this.minutes.get(who);
    if (minute === undefined || now - minute.since >= MINUTE_MS) {
      this.begin(who, now);
      return 0;
    }
    if (minute.times >= this.timesPerMinute) return minute.since + MINUTE_MS - now;
    minute.times += 1;
    return 0;
  }

  private begin(who: string, now: Instant): void {
    this.minutes.delete(who);
    for (const [other, { since }] of this.minutes) {
      if (now - since < MINUTE_MS && this.minutes.size < this.whoMax) break;
      this.minutes.delete(other);
    }
    this.minutes.set(who, { since: now, times: 1 });
  }
}

// A budget: each key (a network or a name) has a rate, and all keys together have another. Its memory is bounded.
//
// When the table of keys is full, the oldest key of the owner with the most keys makes room. So the owner of many keys
// resets only its own.

import type { Instant } from '../machine.js';
import { FairMap } from './fair-map.js';
import { providerPrefixOf } from './network-prefix.js';
import { TokenBucket, type Rate } from './token-bucket.js';

/** `each`: of one key. `all`: of all keys together; null for no limit. */
export interface BudgetRates {
  readonly each: Rate;
  readonly all: Rate | null;
}

export interface BudgetOptions {
  readonly keysMax: number;
  /** The owner of a key, for the fair table. Absent: each key is its own. */
  readonly ownerOf?: (key: string) => string;
}

export class Budget {
  private readonly buckets: FairMap<TokenBucket>;
  private readonly ownerOf: (key: string) => string;
  private common: TokenBucket | null = null;

  /** `rates`: null for no limit. */
  constructor(
    private readonly rates: BudgetRates | null,
    { keysMax, ownerOf = (key) => key }: BudgetOptions,
  ) {
    this.buckets = new FairMap(keysMax);
    this.ownerOf = ownerOf;
  }

  /** A budget whose keys are networks. */
  static ofNetworks(rates: BudgetRates | null, keysMax: number): Budget {
    return new Budget(rates, { keysMax, ownerOf: providerPrefixOf });
  }

  /** Spends `cost` and returns 0. Beyond the budget, spends nothing and returns the wait in ms. */
  spend(key: string, now: Instant, cost = 1): number {
    const waitMs = this.waitMs(key, now, cost);
    if (waitMs > 0) return waitMs;
    this.bucketOf(key, now)?.take(now, cost);
    this.commonOf(now)?.take(now, cost);
    return 0;
  }

  /** Gives back what was spent and not used. */
  refund(key: string, now: Instant, cost: number): void {
    this.buckets.get(key)?.give(now, cost);
    this.common?.give(now, cost);
  }

  /**
   * What `spend` would return. Half of the common rate is kept for keys that spent less than half of their own, so a
   * few busy keys do not lock the others out.
   */
  waitMs(key: string, now: Instant, cost = 1): number {
    const own = this.bucketOf(key, now);
    if (own === null) return 0;
    const common = this.commonOf(now);
    if (common === null) return own.waitMs(now, cost);
    const kept = own.isMostlyFull(now) ? 0 : common.rate.burst / 2;
    return Math.max(own.waitMs(now, cost), common.waitMs(now, cost + kept));
  }

  /** Null if there is no limit. */
  private bucketOf(key: string, now: Instant): TokenBucket | null {
    if (this.rates === null) return null;
    const known = this.buckets.get(key);
    if (known !== undefined) return known;
    const bucket = new TokenBucket(this.rates.each, now);
    this.buckets.put(key, bucket, this.ownerOf(key));
    return bucket;
  }

  private commonOf(now: Instant): TokenBucket | null {
    if (this.common === null && this.rates?.all) this.common = new TokenBucket(this.rates.all, now);
    return this.common;
  }
}

// Exponential back-off with jitter: each failure doubles the wait up to a ceiling, and jitter spreads many clients.

import type { RandomSource } from '../primitives.js';

/** `firstMs`: the first wait. `ceilingMs`: the longest. Higher values spare the peer and delay recovery. */
export interface BackoffOptions {
  readonly firstMs: number;
  readonly ceilingMs: number;
}

export class Backoff {
  private failures = 0;

  constructor(
    private readonly bounds: BackoffOptions,
    private readonly random: RandomSource,
  ) {}

  /** The wait before the next attempt, in ms: between half and the whole of the current step. */
  next(): number {
    const step = Math.min(this.bounds.ceilingMs, this.bounds.firstMs * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, 30);
    return step * (0.5 + this.random.fraction() / 2);
  }

  succeeded(): void {
    this.failures = 0;
  }
}

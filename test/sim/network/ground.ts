// The ground a simulated network stands on: its weather, and who cannot reach whom at the moment.

import type { Random } from '../kernel/random.js';
import type { Tally } from '../kernel/tally.js';
import type { Timeline } from '../kernel/timeline.js';
import type { Trace } from '../kernel/trace.js';

/** How bad things are now. Probabilities are per event; 0 is off. */
export interface Weather {
  readonly latencyMs: number;
  readonly dialFailure: number;
  readonly answerLoss: number;
  readonly datagramLoss: number;
  readonly datagramDoubling: number;
  /** That an end of a broken connection notices late. */
  readonly lateNotice: number;
}

export const FAIR_WEATHER: Weather = {
  latencyMs: 20,
  dialFailure: 0,
  answerLoss: 0,
  datagramLoss: 0,
  datagramDoubling: 0,
  lateNotice: 0,
};

/** What every part of a run shares. */
export interface Run {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly tally: Tally;
  readonly random: Random;
  /** Something happened that must not. */
  fail(violation: string): void;
}

const LATE_NOTICE_MS = 90_000;

export class Ground {
  weather: Weather = FAIR_WEATHER;
  private readonly apart = new Set<string>();
  private readonly random: Random;

  constructor(readonly run: Run) {
    this.random = run.random.fork('ground');
  }

  part(a: string, b: string): void {
    this.apart.add(pairOf(a, b));
  }

  join(a: string, b: string): void {
    this.apart.delete(pairOf(a, b));
  }

  joinAll(): void {
    this.apart.clear();
  }

  isReachable(a: string, b: string): boolean {
    return !this.apart.has(pairOf(a, b));
  }

  chance(trouble: Exclude<keyof Weather, 'latencyMs'>): boolean {
    return this.random.chance(this.weather[trouble]);
  }

  /** How long one packet takes now. */
  latency(): number {
    return this.random.skewed(1, this.weather.latencyMs);
  }

  /** How long until an end learns that its connection broke. */
  notice(): number {
    if (!this.chance('lateNotice')) return this.latency();
    this.run.tally.add('half-open');
    return this.random.between(1_000, LATE_NOTICE_MS);
  }

  between(low: number, high: number): number {
    return this.random.between(low, high);
  }

  pick<T>(from: readonly T[]): T {
    return this.random.pick(from);
  }
}

function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

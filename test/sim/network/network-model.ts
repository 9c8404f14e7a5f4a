// The ground a simulated network stands on: its weather, and who cannot reach whom at the moment.

import type { Random } from '../kernel/random.js';
import type { Tally } from '../kernel/tally.js';
import type { Timeline } from '../kernel/timeline.js';
import type { Trace } from '../kernel/trace.js';

/** How bad things are now. Probabilities are per event; 0 is off. */
export interface NetworkConditions {
  readonly latencyMs: number;
  readonly dialFailure: number;
  readonly answerLoss: number;
  readonly datagramLoss: number;
  readonly datagramDuplication: number;
  /** That an end of a broken connection notices late. */
  readonly lateNotice: number;
}

export const HEALTHY_NETWORK: NetworkConditions = {
  latencyMs: 20,
  dialFailure: 0,
  answerLoss: 0,
  datagramLoss: 0,
  datagramDuplication: 0,
  lateNotice: 0,
};

/** What every part of a run shares. */
export interface RunContext {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly tally: Tally;
  readonly random: Random;
  /** Something happened that must not. */
  fail(violation: string): void;
}

const LATE_NOTICE_MS = 90_000;

export class NetworkModel {
  conditions: NetworkConditions = HEALTHY_NETWORK;
  private readonly partitioned = new Set<string>();
  private readonly random: Random;

  constructor(readonly run: RunContext) {
    this.random = run.random.fork('ground');
  }

  partition(a: string, b: string): void {
    this.partitioned.add(pairOf(a, b));
  }

  heal(a: string, b: string): void {
    this.partitioned.delete(pairOf(a, b));
  }

  healAll(): void {
    this.partitioned.clear();
  }

  isReachable(a: string, b: string): boolean {
    return !this.partitioned.has(pairOf(a, b));
  }

  chance(trouble: Exclude<keyof NetworkConditions, 'latencyMs'>): boolean {
    return this.random.chance(this.conditions[trouble]);
  }

  /** How long one packet takes now. */
  latencyMs(): number {
    return this.random.skewed(1, this.conditions.latencyMs);
  }

  /** How long until an end learns that its connection broke. */
  noticeMs(): number {
    if (!this.chance('lateNotice')) return this.latencyMs();
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

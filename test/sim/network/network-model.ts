// The current state of the simulated network: conditions (loss, latency) and partitions.

import type { Random } from '../kernel/random.js';
import type { Tally } from '../kernel/tally.js';
import type { Timeline } from '../kernel/timeline.js';
import type { Trace } from '../kernel/trace.js';

/** Latency and fault probabilities per event; 0 is off. */
export interface NetworkConditions {
  readonly latencyMs: number;
  readonly dialFailure: number;
  readonly answerLoss: number;
  readonly datagramLoss: number;
  readonly datagramDuplication: number;
  /** Probability that one end notices a broken connection late. */
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

/** Shared by all parts of a run. */
export interface RunContext {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly tally: Tally;
  readonly random: Random;
  /** Reports a violation. */
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

  /** Latency of one packet. */
  latencyMs(): number {
    return this.random.skewed(1, this.conditions.latencyMs);
  }

  /** Time until an end notices that its connection broke. */
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

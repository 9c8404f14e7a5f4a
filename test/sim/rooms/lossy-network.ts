// The network between simulated room servers: loses, duplicates and delays datagrams; partitions in one or both ways.

import type { Random } from '../kernel/random.js';
import type { Tally } from '../kernel/tally.js';
import type { Timeline } from '../kernel/timeline.js';

export interface RoomNetworkConditions {
  readonly loss: number;
  readonly duplication: number;
  readonly latencyMs: number;
  readonly lateRate: number;
}

const HEALTHY: RoomNetworkConditions = { loss: 0.01, duplication: 0, latencyMs: 2, lateRate: 0 };
const STRAGGLER_MS = 300;

export class LossyNetwork {
  private readonly disconnected = new Set<string>();

  constructor(
    private conditions: RoomNetworkConditions,
    private readonly timeline: Timeline,
    private readonly random: Random,
    private readonly tally: Tally,
  ) {}

  carry(from: number, to: number, arrive: () => void): void {
    const { loss, duplication: doubling } = this.conditions;
    const copies = this.random.chance(doubling) ? 2 : 1;
    this.tally.add('datagrams');
    if (copies === 2) this.tally.add('datagrams duplicated');
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.disconnected.has(`${from}>${to}`) || this.random.chance(loss)) this.tally.add('datagrams lost');
      else this.timeline.after(this.delay(), arrive);
    }
  }

  /** Drops all datagrams in this direction. */
  disconnect(from: number, to: number): void {
    this.disconnected.add(`${from}>${to}`);
  }

  reconnect(from: number, to: number): void {
    this.disconnected.delete(`${from}>${to}`);
  }

  heal(): void {
    this.disconnected.clear();
    this.conditions = HEALTHY;
  }

  private delay(): number {
    const { latencyMs, lateRate: straggling } = this.conditions;
    const late = this.random.chance(straggling) ? this.random.between(0, STRAGGLER_MS) : 0;
    return this.random.skewed(0.2, latencyMs * 4) + late;
  }
}

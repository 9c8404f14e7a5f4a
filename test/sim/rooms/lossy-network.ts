// The network between room servers: datagrams are lost, doubled, late or cut off, in one direction or both.

import type { Random } from '../kernel/random.js';
import type { Tally } from '../kernel/tally.js';
import type { Timeline } from '../kernel/timeline.js';

export interface RoomWeather {
  readonly loss: number;
  readonly doubling: number;
  readonly latencyMs: number;
  readonly straggling: number;
}

const FAIR: RoomWeather = { loss: 0.01, doubling: 0, latencyMs: 2, straggling: 0 };
const STRAGGLER_MS = 300;

export class LossyNetwork {
  private readonly cut = new Set<string>();

  constructor(
    private weather: RoomWeather,
    private readonly timeline: Timeline,
    private readonly random: Random,
    private readonly tally: Tally,
  ) {}

  carry(from: number, to: number, arrive: () => void): void {
    const { loss, doubling } = this.weather;
    const copies = this.random.chance(doubling) ? 2 : 1;
    this.tally.add('datagrams');
    if (copies === 2) this.tally.add('datagrams doubled');
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.cut.has(`${from}>${to}`) || this.random.chance(loss)) this.tally.add('datagrams lost');
      else this.timeline.after(this.delay(), arrive);
    }
  }

  /** Nothing passes from one to the other. */
  part(from: number, to: number): void {
    this.cut.add(`${from}>${to}`);
  }

  join(from: number, to: number): void {
    this.cut.delete(`${from}>${to}`);
  }

  clearUp(): void {
    this.cut.clear();
    this.weather = FAIR;
  }

  private delay(): number {
    const { latencyMs, straggling } = this.weather;
    const late = this.random.chance(straggling) ? this.random.between(0, STRAGGLER_MS) : 0;
    return this.random.skewed(0.2, latencyMs * 4) + late;
  }
}

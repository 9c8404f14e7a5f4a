// Brings about the troubles of a seed in a cluster of rooms, until it is told to rest.

import type { Random } from '../kernel/random.js';
import type { Tally } from '../kernel/tally.js';
import type { Timeline } from '../kernel/timeline.js';
import type { LossyNetwork } from './lossy-network.js';
import type { RoomHost } from './room-host.js';
import type { RoomTroubles } from './troubles.js';

export interface RoomNemesisOptions {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly tally: Tally;
  readonly network: LossyNetwork;
  readonly hosts: readonly RoomHost[];
  readonly troubles: RoomTroubles;
}

export class RoomNemesis {
  private isResting = false;

  constructor(private readonly options: RoomNemesisOptions) {}

  begin(): void {
    const { troubles, hosts, random, tally } = this.options;
    this.often(troubles.crashMs, () => this.crash(random.pick(hosts)));
    this.often(troubles.partitionMs, () => this.partition());
    this.often(troubles.oneWayMs, () => this.silence());
    this.often(troubles.pauseMs, () => this.pause(random.pick(hosts)));
    this.often(troubles.wholeClusterMs, () => {
      tally.add('whole clusters crashed');
      hosts.forEach((host) => this.crash(host));
    });
  }

  rest(): void {
    this.isResting = true;
  }

  /** Between two effects: does the host die here? */
  strikesAtEffect(): boolean {
    const { random, troubles, tally } = this.options;
    if (this.isResting || !random.chance(troubles.crashAtEffect)) return false;
    tally.add('crashes at effects');
    return true;
  }

  /** A host that died at an effect comes back like the others. */
  revive(host: RoomHost): void {
    const { timeline, random, troubles } = this.options;
    timeline.after(random.skewed(5, troubles.downMs), () => host.start());
  }

  private crash(host: RoomHost): void {
    if (!host.machine) return;
    this.options.tally.add('crashes');
    host.crash();
    this.revive(host);
  }

  private pause(host: RoomHost): void {
    if (!host.isRunning) return;
    this.options.tally.add('pauses');
    host.pause(this.lasting());
  }

  /** Two sides that do not hear each other. */
  private partition(): void {
    const { hosts, random, tally } = this.options;
    tally.add('partitions');
    const side = new Set(hosts.filter(() => random.chance(0.4)));
    for (const a of hosts) for (const b of hosts) if (side.has(a) !== side.has(b)) this.part(a, b, this.lasting());
  }

  /** One does not hear another, who still hears it. */
  private silence(): void {
    const { hosts, random, tally } = this.options;
    tally.add('one-way partitions');
    for (let count = random.whole(1, 3); count > 0; count -= 1)
      this.part(random.pick(hosts), random.pick(hosts), this.lasting());
  }

  private part(a: RoomHost, b: RoomHost, ms: number): void {
    const { network, timeline } = this.options;
    network.part(a.index, b.index);
    timeline.after(ms, () => network.join(a.index, b.index));
  }

  private often(meanMs: number | null, strike: () => void): void {
    if (meanMs === null) return;
    const { timeline, random } = this.options;
    const wait = () => (this.isResting ? null : random.between(0, 2 * meanMs));
    timeline.every(wait, () => {
      if (!this.isResting) strike();
    });
  }

  private lasting(): number {
    return this.options.random.skewed(50, this.options.troubles.lastsMs);
  }
}

// Injects the faults of a seed into a cluster of room servers until it is stopped.

import type { Random } from '../kernel/random.js';
import type { Tally } from '../kernel/tally.js';
import type { Timeline } from '../kernel/timeline.js';
import type { LossyNetwork } from './lossy-network.js';
import type { RoomHost } from './room-host.js';
import type { RoomFaultPlan } from './room-fault-plan.js';

export interface RoomFaultInjectorOptions {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly tally: Tally;
  readonly network: LossyNetwork;
  readonly hosts: readonly RoomHost[];
  readonly plan: RoomFaultPlan;
}

export class RoomFaultInjector {
  private isStopped = false;

  constructor(private readonly options: RoomFaultInjectorOptions) {}

  start(): void {
    const { plan: plan, hosts, random, tally } = this.options;
    this.repeat(plan.crashMs, () => this.crash(random.pick(hosts)));
    this.repeat(plan.partitionMs, () => this.partition());
    this.repeat(plan.oneWayMs, () => this.partitionOneWay());
    this.repeat(plan.pauseMs, () => this.pause(random.pick(hosts)));
    this.repeat(plan.wholeClusterMs, () => {
      tally.add('whole clusters crashed');
      hosts.forEach((host) => this.crash(host));
    });
  }

  stop(): void {
    this.isStopped = true;
  }

  /** True if the host crashes between these two effects. */
  crashesAtEffect(): boolean {
    const { random, plan: plan, tally } = this.options;
    if (this.isStopped || !random.chance(plan.crashAtEffect)) return false;
    tally.add('crashes at effects');
    return true;
  }

  /** A host that crashed at an effect restarts like the others. */
  scheduleRestart(host: RoomHost): void {
    const { timeline, random, plan: plan } = this.options;
    timeline.after(random.skewed(5, plan.downMs), () => host.start());
  }

  private crash(host: RoomHost): void {
    if (!host.machine) return;
    this.options.tally.add('crashes');
    host.crash();
    this.scheduleRestart(host);
  }

  private pause(host: RoomHost): void {
    if (!host.isRunning) return;
    this.options.tally.add('pauses');
    host.pause(this.durationMs());
  }

  /** Splits the servers into two sides. */
  private partition(): void {
    const { hosts, random, tally } = this.options;
    tally.add('partitions');
    const side = new Set(hosts.filter(() => random.chance(0.4)));
    for (const a of hosts)
      for (const b of hosts) if (side.has(a) !== side.has(b)) this.disconnect(a, b, this.durationMs());
  }

  /** Cuts single directions: one server no longer hears another. */
  private partitionOneWay(): void {
    const { hosts, random, tally } = this.options;
    tally.add('one-way partitions');
    for (let count = random.whole(1, 3); count > 0; count -= 1)
      this.disconnect(random.pick(hosts), random.pick(hosts), this.durationMs());
  }

  private disconnect(a: RoomHost, b: RoomHost, ms: number): void {
    const { network, timeline } = this.options;
    network.disconnect(a.index, b.index);
    timeline.after(ms, () => network.reconnect(a.index, b.index));
  }

  private repeat(meanMs: number | null, strike: () => void): void {
    if (meanMs === null) return;
    const { timeline, random } = this.options;
    const wait = () => (this.isStopped ? null : random.between(0, 2 * meanMs));
    timeline.every(wait, () => {
      if (!this.isStopped) strike();
    });
  }

  private durationMs(): number {
    return this.options.random.skewed(50, this.options.plan.durationMsMax);
  }
}

// Injects the faults of a seed until it is stopped: crashes, partitions, broken and stalled connections, pauses.

import type { Random } from '../kernel/random.js';
import type { SimulatedNetwork } from '../network/simulated-network.js';
import { SERVER_NODE } from '../hosts/server-program.js';
import type { FaultPlan } from './fault-plan.js';

/** A host that can be crashed, paused or partitioned. */
export interface FaultTarget {
  readonly node: string;
  readonly host: { crash(): void; pause(ms: number): void };
}

export class FaultInjector {
  private isStopped = false;
  private readonly random: Random;

  constructor(
    private readonly network: SimulatedNetwork,
    private readonly plan: FaultPlan,
    private readonly targets: { clients: readonly FaultTarget[]; server: FaultTarget },
  ) {
    this.random = network.run.random.fork('nemesis');
  }

  start(): void {
    const { plan, targets: victims } = this;
    this.repeat(plan.clientCrashMs, () => this.random.pick(victims.clients).host.crash());
    this.repeat(plan.serverCrashMs, () => victims.server.host.crash());
    this.repeat(plan.partitionMs, () => this.partition(this.randomClient(), this.randomClient()));
    this.repeat(plan.serverUnreachableMs, () => this.partition(this.randomClient(), SERVER_NODE));
    this.repeat(plan.cutMs, () => this.cut());
    this.repeat(plan.clogMs, () => this.clog());
    this.repeat(plan.pauseMs, () =>
      this.random.pick([...victims.clients, victims.server]).host.pause(this.durationMs()),
    );
  }

  stop(): void {
    this.isStopped = true;
    this.network.model.healAll();
  }

  private repeat(meanMs: number | null, strike: () => void): void {
    if (meanMs === null) return;
    const wait = () => (this.isStopped ? null : this.random.between(0, 2 * meanMs));
    this.network.run.timeline.every(wait, () => {
      if (!this.isStopped) strike();
    });
  }

  private partition(a: string, b: string): void {
    if (a === b) return;
    const { model, run } = this.network;
    run.tally.add('partitions');
    run.trace.note('ground', 'parts', `${a} ${b}`);
    model.partition(a, b);
    run.timeline.after(this.durationMs(), () => model.heal(a, b));
  }

  private cut(): void {
    const whole = this.network.connections.intact();
    if (whole.length === 0) return;
    const connection = this.random.pick(whole);
    this.network.run.tally.add(connection.touches(SERVER_NODE) ? 'broken sessions' : 'broken links');
    this.network.run.trace.note('ground', 'cuts', `${connection.first.node} ${connection.second.node}`);
    connection.cut('the connection broke');
  }

  private clog(): void {
    const whole = this.network.connections.intact();
    if (whole.length === 0) return;
    this.network.run.tally.add('stalls');
    this.random.pick(whole).clog(this.network.run.timeline.now + this.durationMs());
  }

  private randomClient(): string {
    return this.random.pick(this.targets.clients).node;
  }

  private durationMs(): number {
    return this.random.skewed(50, this.plan.durationMsMax);
  }
}

// One simulated run of a room cluster, drawn from one seed: faults, then recovery; the oracle checks every step.

import type { RoomEffect } from '../../../protocols/rooms/room-server.js';
import { Random } from '../kernel/random.js';
import { Tally } from '../kernel/tally.js';
import { START_TIME, Timeline } from '../kernel/timeline.js';
import { Trace, type TraceOptions } from '../kernel/trace.js';
import { SimulatedRoomClient } from './simulated-client.js';
import { LossyNetwork } from './lossy-network.js';
import { OrderOracle } from './order-oracle.js';
import { RoomHost } from './room-host.js';
import { SenderForger } from './sender-forger.js';
import { RoomFaultInjector } from './room-fault-injector.js';
import { drawRoomFaults, type RoomFaultPlan } from './room-fault-plan.js';

export interface RoomsReport {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly tally: Tally;
  readonly trace: Trace;
}

const VIOLATIONS_MAX = 5;
const SETTLING_MS = 20_000;
const STEP_MS = 250;
const AFTERWARDS_MS = 1_500;

export class RoomsWorld {
  private readonly violations: string[] = [];
  private readonly timeline = new Timeline();
  private readonly tally = new Tally();
  private readonly trace: Trace;
  private readonly plan: RoomFaultPlan;
  private readonly network: LossyNetwork;
  private readonly oracle: OrderOracle;
  private readonly hosts: RoomHost[];
  private readonly clients: SimulatedRoomClient[];
  private readonly faultInjector: RoomFaultInjector;
  private readonly forger: SenderForger;
  private readonly random: Random;
  private hasFaults = true;

  constructor(
    private readonly seed: number,
    options: { readonly trace?: TraceOptions } = {},
  ) {
    const random = new Random(seed, 'rooms');
    this.random = random;
    const { timeline, tally } = this;
    this.trace = new Trace(timeline, options.trace);
    const plan = drawRoomFaults(random.fork('troubles'));
    this.plan = plan;
    this.network = new LossyNetwork(plan, timeline, random.fork('network'), tally);
    this.oracle = new OrderOracle(plan.servers, plan.order, tally, (violation) => this.fail(violation));
    this.hosts = Array.from({ length: plan.servers }, (_, index) => this.createHost(index));
    this.clients = Array.from({ length: plan.clients }, (_, id) => this.createClient(id));
    const { network, hosts } = this;
    this.faultInjector = new RoomFaultInjector({
      timeline,
      random: random.fork('nemesis'),
      tally,
      network,
      hosts,
      plan: plan,
    });
    this.forger = new SenderForger({
      ...{ timeline, hosts, tally, random: random.fork('forger') },
      fail: (violation) => this.fail(violation),
    });
  }

  run(): RoomsReport {
    this.trace.note('world', 'draws', this.plan);
    for (const host of this.hosts) host.start();
    for (const client of this.clients) this.keepBusy(client);
    this.faultInjector.start();
    if (this.plan.forgeryMs !== null) this.forger.start(this.plan.forgeryMs, () => this.hasFaults);
    this.timeline.runUntil(START_TIME + this.plan.faultsMs, () => this.mayContinue());
    this.heal();
    this.settle();
    if (this.mayContinue()) this.oracle.judge(this.hosts);
    const { seed, violations, tally, trace } = this;
    return { seed, violations, tally, trace };
  }

  private createHost(index: number): RoomHost {
    const { servers: size, order } = this.plan;
    return new RoomHost({
      ...{ index, size, order, timeline: this.timeline, random: this.random.fork(`server ${index}`) },
      perform: (effect, host) => this.perform(effect, host),
      failed: (what) => this.fail(what),
      crashesNow: () => this.crashesNow(index),
      stepped: (host) => {
        const gaps = host.machine?.counts.gaps ?? 0;
        if (gaps > 0) this.fail(`[ORDER-1] server ${index + 1} finds a gap in what a member sent`);
      },
    });
  }

  private crashesNow(index: number): boolean {
    const host = this.hosts[index];
    if (!host || !this.hasFaults || !this.faultInjector.crashesAtEffect()) return false;
    this.faultInjector.scheduleRestart(host);
    return true;
  }

  private createClient(id: number): SimulatedRoomClient {
    const client = { id, host: this.random.pick(this.hosts), random: this.random.fork(`guest ${id}`) };
    return new SimulatedRoomClient({ ...client, oracle: this.oracle, tally: this.tally });
  }

  private keepBusy(client: SimulatedRoomClient): void {
    const { paceMs } = this.plan;
    const wait = () => (this.hasFaults ? this.random.between(0, 2 * paceMs) : null);
    this.timeline.every(wait, () => {
      if (this.hasFaults) client.act();
    });
  }

  private perform(effect: RoomEffect, host: RoomHost): void {
    if (effect.type === 'send_packet') {
      const { to, bytes } = effect;
      this.network.carry(host.index, to, () => this.hosts[to]?.put({ type: 'packet', bytes }));
    } else if (effect.type === 'send_line') {
      this.forger.observe(effect, host);
      for (const client of this.clients) if (effect.to.includes(client.address)) client.receive(effect.line);
    } else {
      if (effect.type !== 'persist') this.trace.note(`server ${host.index + 1}`, effect.type, effect);
      this.oracle.observe(effect, host);
    }
  }

  private heal(): void {
    this.trace.note('world', 'heals');
    this.hasFaults = false;
    this.faultInjector.stop();
    this.network.heal();
    for (const host of this.hosts) {
      host.endPause();
      host.start();
    }
  }

  private settle(): void {
    const { timeline } = this;
    const until = timeline.now + SETTLING_MS;
    const isOpen = () => this.mayContinue() && timeline.now < until;
    while (isOpen() && !this.isSettled()) timeline.runUntil(timeline.now + STEP_MS, () => this.mayContinue());
    timeline.runUntil(timeline.now + AFTERWARDS_MS, () => this.mayContinue());
    if (this.mayContinue() && !this.isWhole()) this.fail(`[VIEW-10] no view of all: ${this.states()}`);
  }

  private isSettled(): boolean {
    return this.isWhole() && this.oracle.isSettled(this.hosts);
  }

  /** True iff all servers are members of one view. */
  private isWhole(): boolean {
    const views = new Set(this.hosts.map(({ machine }) => machine?.replica.decision.view));
    const { servers } = this.plan;
    const isIn = ({ machine }: RoomHost) =>
      machine?.replica.mode === 'normal' && machine.replica.members.length === servers;
    return views.size === 1 && this.hosts.every(isIn);
  }

  private states(): string {
    return this.hosts
      .map(
        ({ machine }) =>
          `${machine?.replica.decision.view} ${machine?.replica.mode} ${machine?.replica.members.join()}`,
      )
      .join(' | ');
  }

  private mayContinue(): boolean {
    return this.violations.length < VIOLATIONS_MAX && !this.violations.some((each) => each.startsWith('[fault]'));
  }

  private fail(violation: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push(violation);
    this.trace.note('oracle', 'VIOLATION', violation);
  }
}

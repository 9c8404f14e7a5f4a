// One simulated run of a cluster of rooms: drawn from one seed, troubled, then healed, and judged all the time.

import type { RoomEffect } from '../../../protocols/rooms/room-server.js';
import { Random } from '../kernel/random.js';
import { Tally } from '../kernel/tally.js';
import { BEGINNING, Timeline } from '../kernel/timeline.js';
import { Trace, type TraceOptions } from '../kernel/trace.js';
import { Guest } from './guests.js';
import { LossyNetwork } from './lossy-network.js';
import { OrderOracle } from './order-oracle.js';
import { RoomHost } from './room-host.js';
import { RoomNemesis } from './room-nemesis.js';
import { drawRoomTroubles, type RoomTroubles } from './troubles.js';

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
  private readonly troubles: RoomTroubles;
  private readonly network: LossyNetwork;
  private readonly oracle: OrderOracle;
  private readonly hosts: RoomHost[];
  private readonly guests: Guest[];
  private readonly nemesis: RoomNemesis;
  private readonly random: Random;
  private isTroubled = true;

  constructor(
    private readonly seed: number,
    options: { readonly trace?: TraceOptions } = {},
  ) {
    const random = new Random(seed, 'rooms');
    this.random = random;
    const { timeline, tally } = this;
    this.trace = new Trace(timeline, options.trace);
    const troubles = drawRoomTroubles(random.fork('troubles'));
    this.troubles = troubles;
    this.network = new LossyNetwork(troubles, timeline, random.fork('network'), tally);
    this.oracle = new OrderOracle(troubles.servers, troubles.order, tally, (violation) => this.fail(violation));
    this.hosts = Array.from({ length: troubles.servers }, (_, index) => this.raise(index));
    this.guests = Array.from({ length: troubles.clients }, (_, id) => this.invite(id));
    const { network, hosts } = this;
    this.nemesis = new RoomNemesis({ timeline, random: random.fork('nemesis'), tally, network, hosts, troubles });
  }

  run(): RoomsReport {
    this.trace.note('world', 'draws', this.troubles);
    for (const host of this.hosts) host.start();
    for (const guest of this.guests) this.keepBusy(guest);
    this.nemesis.begin();
    this.timeline.runUntil(BEGINNING + this.troubles.troubledMs, () => this.goesOn());
    this.heal();
    this.settle();
    if (this.goesOn()) this.oracle.judge(this.hosts);
    const { seed, violations, tally, trace } = this;
    return { seed, violations, tally, trace };
  }

  private raise(index: number): RoomHost {
    const { servers: size, order } = this.troubles;
    return new RoomHost({
      ...{ index, size, order, timeline: this.timeline, random: this.random.fork(`server ${index}`) },
      perform: (effect, host) => this.perform(effect, host),
      failed: (what) => this.fail(what),
      diesNow: () => this.dies(index),
      stepped: (host) => {
        const gaps = host.machine?.counts.gaps ?? 0;
        if (gaps > 0) this.fail(`[ORDER-1] server ${index + 1} finds a gap in what a member sent`);
      },
    });
  }

  private dies(index: number): boolean {
    const host = this.hosts[index];
    if (!host || !this.isTroubled || !this.nemesis.strikesAtEffect()) return false;
    this.nemesis.revive(host);
    return true;
  }

  private invite(id: number): Guest {
    return new Guest(id, this.random.pick(this.hosts), this.random.fork(`guest ${id}`), this.oracle);
  }

  private keepBusy(guest: Guest): void {
    const { paceMs } = this.troubles;
    const wait = () => (this.isTroubled ? this.random.between(0, 2 * paceMs) : null);
    this.timeline.every(wait, () => {
      if (this.isTroubled) guest.act();
    });
  }

  private perform(effect: RoomEffect, host: RoomHost): void {
    if (effect.kind === 'send') {
      const { to, bytes } = effect;
      this.network.carry(host.index, to, () => this.hosts[to]?.put({ kind: 'packet', bytes }));
    } else if (effect.kind === 'tell') {
      for (const guest of this.guests) if (effect.to.includes(guest.address)) guest.hear(effect.line);
    } else {
      if (effect.kind !== 'remember') this.trace.note(`server ${host.index + 1}`, effect.kind, effect);
      this.oracle.happened(effect, host);
    }
  }

  private heal(): void {
    this.trace.note('world', 'heals');
    this.isTroubled = false;
    this.nemesis.rest();
    this.network.clearUp();
    for (const host of this.hosts) {
      host.end();
      host.start();
    }
  }

  private settle(): void {
    const { timeline } = this;
    const until = timeline.now + SETTLING_MS;
    const isOpen = () => this.goesOn() && timeline.now < until;
    while (isOpen() && !this.isSettled()) timeline.runUntil(timeline.now + STEP_MS, () => this.goesOn());
    timeline.runUntil(timeline.now + AFTERWARDS_MS, () => this.goesOn());
    if (this.goesOn() && !this.isWhole()) this.fail(`[VIEW-10] no view of all: ${this.states()}`);
  }

  private isSettled(): boolean {
    return this.isWhole() && this.oracle.isSettled(this.hosts);
  }

  /** One view with everybody in it. */
  private isWhole(): boolean {
    const views = new Set(this.hosts.map(({ machine }) => machine?.replica.decision.view));
    const { servers } = this.troubles;
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

  private goesOn(): boolean {
    return this.violations.length < VIOLATIONS_MAX && !this.violations.some((each) => each.startsWith('[fault]'));
  }

  private fail(violation: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push(violation);
    this.trace.note('oracle', 'VIOLATION', violation);
  }
}

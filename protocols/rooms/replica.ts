// One server's copy of the rooms: its place in the view, what it sends, takes and delivers there, and how it goes on
// into the next view [ORDER-4 … 6, VIEW-3, VIEW-9, VIEW-13, VIEW-14].

import type { Instant } from '../kit/machine.js';
import { LIMITS } from '../kit/limits.js';
import type { Neighbours } from './link/neighbours.js';
import { HandOver, type Order } from './order/hand-over.js';
import { Ledger, NO_STATE, type LedgerState } from './order/ledger.js';
import { BEFORE_ALL, byKey, encodeMessage, isLater, type Key, type Message, type Operation } from './order/message.js';
import { Ordering } from './order/ordering.js';
import { Outbox } from './order/outbox.js';
import type { Report } from './view/builder.js';
import { membersOf, noDecision, type Ballot, type Decision } from './view/decision.js';
import type { Mode } from './wire/packet.js';

/** Whom the replica tells. */
export interface Listener {
  /** Clients of this server hear this now. */
  handed(message: Message): void;
  /** It has its place in the order, the same everywhere. */
  delivered(message: Message, ledger: Ledger): void;
  /** `isNew`: what others knew of our clients is forgotten. */
  installed(decision: Decision, isNew: boolean): void;
}

export interface Snapshot {
  readonly builtBy: Ballot;
  readonly last: Key;
  readonly state: LedgerState;
  readonly missed: readonly Message[];
}

export interface ReplicaOptions {
  readonly self: number;
  readonly boot: number;
  readonly order: Order;
  readonly decision: Decision | null;
}

export class Replica {
  mode: Mode = 'idle';
  decision: Decision;
  members: number[];
  ledger = new Ledger(NO_STATE);
  ordering: Ordering;
  wedgedAt: Instant = 0;
  installedAt: Instant = 0;
  readonly outbox = new Outbox();
  readonly handOver: HandOver;
  /** True while our ledger is that of the view. */
  private hasState = false;
  private clock = 0;
  private later: Message[] = [];
  private laterStates = new Map<number, { view: number; received: readonly number[] }>();
  private readonly snapshots: { readonly view: number; readonly snapshot: Snapshot }[] = [];

  constructor(
    private readonly options: ReplicaOptions,
    private readonly neighbours: Neighbours,
    private readonly listener: Listener,
  ) {
    this.decision = options.decision ?? noDecision(neighbours.size);
    this.members = membersOf(this.decision);
    this.ordering = new Ordering(options.self, this.members, neighbours.size, 0);
    this.handOver = new HandOver(options.order, (message) => listener.handed(message));
  }

  get boot(): number {
    return this.options.boot;
  }

  /** True iff we are in the view, as who we are now, with its state. */
  get isMember(): boolean {
    return this.hasState && this.isNamed(this.decision);
  }

  /** True iff we were in the view as who we are now, and have no state of it. */
  get hasLost(): boolean {
    return !this.hasState && this.isNamed(this.decision);
  }

  submit(operation: Operation, now: Instant): void {
    const nth = this.outbox.add(operation);
    const { self, boot } = this.options;
    // In the weaker orders our own clients need not wait for anybody.
    this.handOver.received({ view: 0, from: self, boot, seq: 0, time: 0, nth, operation });
    this.pump(now);
  }

  /** Sends what waits, as far as the others keep up, and delivers what all have. */
  pump(now: Instant): void {
    if (this.mode !== 'normal') return;
    for (let next = this.outbox.unsent(); next && this.ordering.maySend; next = this.outbox.unsent()) {
      this.outbox.sent();
      this.send(next.nth, next.operation, now);
    }
    this.deliverStable();
  }

  /** False where something is missing before it. */
  take(message: Message, now: Instant): boolean {
    const { view, from, boot } = message;
    if (view > this.decision.view) return this.keepForLater(message);
    const isOfThis = view === this.decision.view && boot === this.decision.boots[from];
    if (!isOfThis || this.mode !== 'normal') return true; // [ORDER-4]
    if (!this.ordering.add(message, now)) return false;
    this.clock = Math.max(this.clock, message.time);
    this.handOver.received(message);
    this.pump(now);
    return true;
  }

  /** A server says how much it has in a view. */
  learn(from: number, view: number, received: readonly number[], now: Instant): void {
    if (received.length !== this.neighbours.size) return;
    if (view > this.decision.view) this.laterStates.set(from, { view, received });
    if (view !== this.decision.view || this.mode !== 'normal' || !this.members.includes(from)) return;
    this.ordering.learn(from, received, now);
    this.pump(now);
  }

  /** From here on we take no part in this view: what we report now stays true [ORDER-5]. */
  wedge(now: Instant): void {
    if (this.mode !== 'normal') return;
    this.mode = 'wedged';
    this.wedgedAt = now;
  }

  report(): Report {
    return { received: [...this.ordering.received], messages: this.ordering.waiting() };
  }

  keepSnapshot(view: number, snapshot: Snapshot): void {
    this.snapshots.push({ view, snapshot });
    if (this.snapshots.length > LIMITS.roomSnapshotsHeld) this.snapshots.shift();
  }

  /** The decision on a later view than ours [VIEW-9]. */
  install(decision: Decision, now: Instant): void {
    const goesOn = decision.view === this.decision.view + 1 && this.isMember && !decision.isFresh;
    const isRestored = !goesOn && this.restore(decision);
    if (goesOn || isRestored) this.close(decision);
    this.hasState = goesOn || isRestored;
    this.decision = decision;
    this.members = membersOf(decision);
    if (decision.isFresh && this.isNamed(decision)) this.beginAnew();
    this.hasState &&= this.isNamed(decision);
    this.mode = this.isMember ? 'normal' : 'idle';
    this.enter(now);
    this.listener.installed(decision, this.isMember && !goesOn);
    this.replayLater(now);
    this.pump(now);
  }

  private isNamed(decision: Decision): boolean {
    return decision.boots[this.options.self] === this.options.boot; // [VIEW-13]
  }

  private send(nth: number, operation: Operation, now: Instant): void {
    const { self, boot } = this.options;
    this.clock += 1;
    const view = this.decision.view;
    const message: Message = { view, from: self, boot, seq: this.ordering.sent + 1, time: this.clock, nth, operation };
    this.ordering.add(message, now);
    const bytes = encodeMessage(message);
    for (const member of this.members) {
      const stream = this.neighbours.link(member)?.ordered;
      if (member === self || !stream) continue;
      stream.aim(this.decision.boots[member] ?? 0);
      stream.push(bytes);
    }
  }

  private deliverStable(): void {
    for (let message = this.ordering.next(); message; message = this.ordering.next()) this.deliver(message);
  }

  private deliver(message: Message): void {
    const { self, boot } = this.options;
    if (message.from === self && message.boot === boot) this.outbox.delivered(message.nth);
    if (!this.ledger.deliver(message)) return;
    this.handOver.delivered(message);
    this.listener.delivered(message, this.ledger);
  }

  private keepForLater(message: Message): boolean {
    if (this.later.length < LIMITS.roomLaterMax) this.later.push(message);
    return true;
  }

  /** Takes the state that whoever built the decision gave us. False where it gave none. */
  private restore(decision: Decision): boolean {
    if (decision.isFresh || !this.isNamed(decision)) return false;
    const { round, by } = decision.builtBy;
    const fits = ({ view, snapshot: { builtBy } }: { view: number; snapshot: Snapshot }) =>
      view === decision.view && builtBy.round === round && builtBy.by === by;
    const snapshot = this.snapshots.find(fits)?.snapshot;
    if (!snapshot) return false;
    this.catchUp(snapshot);
    this.ordering = new Ordering(this.options.self, [], this.neighbours.size, 0);
    this.ordering.lastDelivered = snapshot.last;
    return true;
  }

  /** Clients hear what was delivered while we were away [VIEW-14]. */
  private catchUp({ state, missed }: Snapshot): void {
    const before = this.ledger;
    const isSame = before.generation === state.position.generation;
    const lacking = isSame ? Math.max(0, state.position.count - before.position.count) : 0;
    const heard = lacking > 0 ? missed.slice(-lacking) : [];
    if (isSame) before.skipTo(state.position.count - heard.length);
    for (const message of heard) this.deliver(message);
    this.ledger = new Ledger(state);
    this.ledger.rememberAll(isSame ? before.latest : missed);
    for (const { server, boot, nth } of state.origins) this.handOver.passed(server, boot, nth);
    this.outbox.delivered(this.ledger.lastOf(this.options.self, this.options.boot));
  }

  /** Delivers the rest of the closing view: exactly what all who close it deliver, in the same order. */
  private close({ cut, tail }: Decision): void {
    const rest = new Map<string, Message>();
    for (const message of [...this.ordering.waiting(), ...tail]) rest.set(`${message.from} ${message.seq}`, message);
    const { lastDelivered } = this.ordering;
    const due = [...rest.values()].filter(
      (message) => message.seq <= (cut[message.from] ?? 0) && isLater(message, lastDelivered),
    );
    for (const message of due.sort(byKey)) this.deliver(message);
  }

  private beginAnew(): void {
    this.ledger = new Ledger({ ...NO_STATE, position: { generation: this.decision.view, count: 0 } });
    this.hasState = true;
  }

  private enter(now: Instant): void {
    const { neighbours, decision } = this;
    this.ordering = new Ordering(this.options.self, this.members, neighbours.size, now);
    this.ordering.lastDelivered = BEFORE_ALL;
    this.outbox.begin();
    this.snapshots.length = 0;
    this.installedAt = now;
    for (const link of neighbours.links) link.ordered.clear();
    this.ledger.roster.keepOnly((server) => this.ledger.lastOf(server, decision.boots[server] ?? 0) > 0);
  }

  private replayLater(now: Instant): void {
    const messages = this.later;
    this.later = [];
    for (const message of messages) this.take(message, now);
    const states = [...this.laterStates].filter(([, { view }]) => view >= this.decision.view);
    this.laterStates = new Map(states);
    for (const [from, { view, received }] of states)
      if (view === this.decision.view) this.learn(from, view, received, now);
  }
}

// One replica of the rooms: sends, receives and delivers messages in its view, and moves to the next view
// [ORDER-4 … 6, VIEW-3, VIEW-9, VIEW-13, VIEW-14].

import type { Instant } from '../kit/machine.js';
import { LIMITS } from '../kit/limits.js';
import type { ServerLinks } from './link/server-links.js';
import { ClientRelease, type Order } from './order/client-release.js';
import { DeliveryLog, EMPTY_STATE, type DeliveryState } from './order/delivery-log.js';
import {
  FIRST_KEY,
  compareKeys,
  encodeMessage,
  isLater,
  type OrderKey,
  type OrderedMessage,
  type RoomOperation,
} from './order/message.js';
import { ViewOrder } from './order/view-order.js';
import { PendingOperations } from './order/pending-operations.js';
import type { StateReport } from './view/view-builder.js';
import { viewMembers, initialDecision, type Ballot, type ViewDecision } from './view/view-decision.js';
import type { ServerMode } from './wire/packet.js';

/** Events of a replica. */
export interface ReplicaListener {
  /** The message goes to the clients of this server now. */
  released(message: OrderedMessage): void;
  /** The message took its final place in the order. */
  delivered(message: OrderedMessage, log: DeliveryLog): void;
  /** `isNew`: this server joined the view, so the other members do not know its clients. */
  installed(decision: ViewDecision, isNew: boolean): void;
}

export interface StateSnapshot {
  readonly builtBy: Ballot;
  readonly last: OrderKey;
  readonly state: DeliveryState;
  readonly missed: readonly OrderedMessage[];
}

export interface ReplicaOptions {
  readonly self: number;
  readonly boot: number;
  readonly order: Order;
  readonly decision: ViewDecision | null;
}

export class Replica {
  mode: ServerMode = 'idle';
  decision: ViewDecision;
  members: number[];
  log = new DeliveryLog(EMPTY_STATE);
  viewOrder: ViewOrder;
  wedgedAt: Instant = 0;
  installedAt: Instant = 0;
  readonly pending = new PendingOperations();
  readonly release: ClientRelease;
  /** True while our delivery log continues that of the view. */
  private hasState = false;
  private clock = 0;
  private futureMessages: OrderedMessage[] = [];
  private futureAcks = new Map<number, { view: number; received: readonly number[] }>();
  private readonly snapshots: { readonly view: number; readonly snapshot: StateSnapshot }[] = [];

  constructor(
    private readonly options: ReplicaOptions,
    private readonly peers: ServerLinks,
    private readonly listener: ReplicaListener,
  ) {
    this.decision = options.decision ?? initialDecision(peers.size);
    this.members = viewMembers(this.decision);
    this.viewOrder = new ViewOrder(options.self, this.members, peers.size, 0);
    this.release = new ClientRelease(options.order, (message) => listener.released(message));
  }

  get boot(): number {
    return this.options.boot;
  }

  /** True iff the view names this server at its present boot, and it has the state of the view. */
  get isMember(): boolean {
    return this.hasState && this.isMemberOf(this.decision);
  }

  /** True iff the view names this server at its present boot, but it has no state of the view. */
  get hasLost(): boolean {
    return !this.hasState && this.isMemberOf(this.decision);
  }

  submit(operation: RoomOperation, now: Instant): void {
    const nth = this.pending.add(operation);
    const { self, boot } = this.options;
    // `fifo` and `unordered` release to local clients without waiting for other servers.
    this.release.received({ view: 0, from: self, boot, seq: 0, time: 0, nth, operation });
    this.advance(now);
  }

  /** Sends pending operations within the window and delivers stable messages. */
  advance(now: Instant): void {
    if (this.mode !== 'normal') return;
    for (let next = this.pending.nextUnsent(); next && this.viewOrder.maySend; next = this.pending.nextUnsent()) {
      this.pending.markSent();
      this.send(next.nth, next.operation, now);
    }
    this.deliverStable();
  }

  /** False if a message of the same sender is missing before it. */
  receive(message: OrderedMessage, now: Instant): boolean {
    const { view, from, boot } = message;
    if (view > this.decision.view) return this.keepFuture(message);
    const isOfThis = view === this.decision.view && boot === this.decision.boots[from];
    if (!isOfThis || this.mode !== 'normal') return true; // [ORDER-4]
    if (!this.viewOrder.add(message, now)) return false;
    this.clock = Math.max(this.clock, message.time);
    this.release.received(message);
    this.advance(now);
    return true;
  }

  /** Takes the acknowledgements of a server in a view. */
  acknowledge(from: number, view: number, received: readonly number[], now: Instant): void {
    if (received.length !== this.peers.size) return;
    if (view > this.decision.view) this.futureAcks.set(from, { view, received });
    if (view !== this.decision.view || this.mode !== 'normal' || !this.members.includes(from)) return;
    this.viewOrder.acknowledge(from, received, now);
    this.advance(now);
  }

  /** Stops taking part in this view, so that the report of our promise stays true [ORDER-5]. */
  wedge(now: Instant): void {
    if (this.mode !== 'normal') return;
    this.mode = 'wedged';
    this.wedgedAt = now;
  }

  report(): StateReport {
    return { received: [...this.viewOrder.received], messages: this.viewOrder.undeliveredMessages() };
  }

  keepSnapshot(view: number, snapshot: StateSnapshot): void {
    this.snapshots.push({ view, snapshot });
    if (this.snapshots.length > LIMITS.roomSnapshotsHeld) this.snapshots.shift();
  }

  /** Moves to a later view [VIEW-9]. */
  install(decision: ViewDecision, now: Instant): void {
    const continues = decision.view === this.decision.view + 1 && this.isMember && !decision.isFresh;
    const isRestored = !continues && this.restore(decision);
    if (continues || isRestored) this.deliverRest(decision);
    this.hasState = continues || isRestored;
    this.decision = decision;
    this.members = viewMembers(decision);
    if (decision.isFresh && this.isMemberOf(decision)) this.startFresh();
    this.hasState &&= this.isMemberOf(decision);
    this.mode = this.isMember ? 'normal' : 'idle';
    this.enter(now);
    this.listener.installed(decision, this.isMember && !continues);
    this.replayFuture(now);
    this.advance(now);
  }

  private isMemberOf(decision: ViewDecision): boolean {
    return decision.boots[this.options.self] === this.options.boot; // [VIEW-13]
  }

  private send(nth: number, operation: RoomOperation, now: Instant): void {
    const { self, boot } = this.options;
    this.clock += 1;
    const view = this.decision.view;
    const message: OrderedMessage = {
      view,
      from: self,
      boot,
      seq: this.viewOrder.sent + 1,
      time: this.clock,
      nth,
      operation,
    };
    this.viewOrder.add(message, now);
    const bytes = encodeMessage(message);
    for (const member of this.members) {
      const stream = this.peers.link(member)?.ordered;
      if (member === self || !stream) continue;
      stream.bindTo(this.decision.boots[member] ?? 0);
      stream.push(bytes);
    }
  }

  private deliverStable(): void {
    for (let message = this.viewOrder.takeStable(); message; message = this.viewOrder.takeStable())
      this.deliver(message);
  }

  private deliver(message: OrderedMessage): void {
    const { self, boot } = this.options;
    if (message.from === self && message.boot === boot) this.pending.dropThrough(message.nth);
    if (!this.log.deliver(message)) return;
    this.release.delivered(message);
    this.listener.delivered(message, this.log);
  }

  private keepFuture(message: OrderedMessage): boolean {
    if (this.futureMessages.length < LIMITS.roomEarlyMessagesMax) this.futureMessages.push(message);
    return true;
  }

  /** Adopts the snapshot of the server that built the decision. False if it sent none. */
  private restore(decision: ViewDecision): boolean {
    if (decision.isFresh || !this.isMemberOf(decision)) return false;
    const { round, by } = decision.builtBy;
    const fits = ({ view, snapshot: { builtBy } }: { view: number; snapshot: StateSnapshot }) =>
      view === decision.view && builtBy.round === round && builtBy.by === by;
    const snapshot = this.snapshots.find(fits)?.snapshot;
    if (!snapshot) return false;
    this.catchUp(snapshot);
    this.viewOrder = new ViewOrder(this.options.self, [], this.peers.size, 0);
    this.viewOrder.lastDelivered = snapshot.last;
    return true;
  }

  /** Delivers what the other servers delivered while this one was away [VIEW-14]. */
  private catchUp({ state, missed }: StateSnapshot): void {
    const before = this.log;
    const isSame = before.generation === state.position.generation;
    const lacking = isSame ? Math.max(0, state.position.count - before.position.count) : 0;
    const heard = lacking > 0 ? missed.slice(-lacking) : [];
    if (isSame) before.skipTo(state.position.count - heard.length);
    for (const message of heard) this.deliver(message);
    this.log = new DeliveryLog(state);
    this.log.rememberAll(isSame ? before.recentMessages : missed);
    for (const { server, boot, nth } of state.senders) this.release.skipTo(server, boot, nth);
    this.pending.dropThrough(this.log.lastOf(this.options.self, this.options.boot));
  }

  /** Delivers the rest of the closing view: every server that closes it delivers the same messages in the same order. */
  private deliverRest({ cut, tail }: ViewDecision): void {
    const rest = new Map<string, OrderedMessage>();
    for (const message of [...this.viewOrder.undeliveredMessages(), ...tail])
      rest.set(`${message.from} ${message.seq}`, message);
    const { lastDelivered } = this.viewOrder;
    const due = [...rest.values()].filter(
      (message) => message.seq <= (cut[message.from] ?? 0) && isLater(message, lastDelivered),
    );
    for (const message of due.sort(compareKeys)) this.deliver(message);
  }

  private startFresh(): void {
    this.log = new DeliveryLog({ ...EMPTY_STATE, position: { generation: this.decision.view, count: 0 } });
    this.hasState = true;
  }

  private enter(now: Instant): void {
    const { peers, decision } = this;
    this.viewOrder = new ViewOrder(this.options.self, this.members, peers.size, now);
    this.viewOrder.lastDelivered = FIRST_KEY;
    this.pending.restart();
    this.snapshots.length = 0;
    this.installedAt = now;
    for (const link of peers.links) link.ordered.clear();
    this.log.occupants.keepOnly((server) => this.log.lastOf(server, decision.boots[server] ?? 0) > 0);
  }

  private replayFuture(now: Instant): void {
    const messages = this.futureMessages;
    this.futureMessages = [];
    for (const message of messages) this.receive(message, now);
    const states = [...this.futureAcks].filter(([, { view }]) => view >= this.decision.view);
    this.futureAcks = new Map(states);
    for (const [from, { view, received }] of states)
      if (view === this.decision.view) this.acknowledge(from, view, received, now);
  }
}

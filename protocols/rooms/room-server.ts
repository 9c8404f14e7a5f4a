// One room server as a pure machine: datagrams of servers and lines of clients in, datagrams, lines and what must be on
// the disk first out.

import type { Instant, Machine } from '../kit/machine.js';
import { LIMITS } from '../kit/limits.js';
import type { Dice } from '../kit/primitives.js';
import { Neighbours } from './link/neighbours.js';
import type { PeerLink, Stamp } from './link/peer-link.js';
import type { Order } from './order/hand-over.js';
import type { Position } from './order/ledger.js';
import { decodeMessage, type Message } from './order/message.js';
import { orderLines } from './order-lines.js';
import { Replica } from './replica.js';
import { Reception } from './text/reception.js';
import { Acceptor } from './view/acceptor.js';
import { Agreement } from './view/agreement.js';
import { decodeControl } from './view/control.js';
import type { Decision } from './view/decision.js';
import type { Memory } from './view/memory.js';
import { decodePacket, encodePacket, type Packet } from './wire/packet.js';

/**
 * `packet`: from another server, out of its seal. `line`: a datagram of a client. `wake`: the time asked for has come.
 * `turn`: no more input for now, so what gathered may leave together.
 */
export type RoomInput =
  | { readonly kind: 'packet'; readonly bytes: Uint8Array }
  | { readonly kind: 'line'; readonly from: string; readonly bytes: Uint8Array }
  | { readonly kind: 'wake' }
  | { readonly kind: 'turn' };

/** `remember` is to be on the disk before anything after it leaves. The last four are for those who watch. */
export type RoomEffect =
  | { readonly kind: 'remember'; readonly memory: Memory }
  | { readonly kind: 'send'; readonly to: number; readonly bytes: Uint8Array }
  | { readonly kind: 'tell'; readonly to: readonly string[]; readonly line: string }
  | { readonly kind: 'delivered'; readonly message: Message; readonly position: Position }
  | { readonly kind: 'handed'; readonly message: Message }
  | { readonly kind: 'installed'; readonly decision: Decision; readonly isMember: boolean }
  | { readonly kind: 'noted'; readonly what: string };

export interface RoomServerOptions {
  readonly self: number;
  readonly size: number;
  readonly order: Order;
  readonly rooms: number;
  /** What configuration and order are, in 32 bits: servers of another are not heard. */
  readonly cluster: number;
  /** Longer: servers that are only slow are kept; shorter: a crash costs less time. */
  readonly suspectMs: number;
  /** What was remembered by the start before this one, and the boot of this one. */
  readonly memory: Memory;
  readonly dice: Dice;
  /** Whether to say what was delivered, handed over, installed and noted. */
  readonly isWatched: boolean;
}

export interface RoomCounts {
  packets: number;
  dropped: number;
  delivered: number;
  gaps: number;
  views: number;
}

export class RoomServer implements Machine<RoomInput, RoomEffect> {
  readonly counts: RoomCounts = { packets: 0, dropped: 0, delivered: 0, gaps: 0, views: 0 };
  readonly neighbours: Neighbours;
  readonly replica: Replica;
  readonly agreement: Agreement;
  readonly reception: Reception;
  private effects: RoomEffect[] = [];
  private hasChanged = false;
  private isStateDue = false;
  private flushedAt: Instant = 0;
  private tickedAt: Instant = 0;
  private now: Instant = 0;

  constructor(private readonly options: RoomServerOptions) {
    const { self, size, order, rooms, memory, suspectMs, dice } = options;
    this.neighbours = new Neighbours(self, size, suspectMs);
    const replicaOptions = { self, boot: memory.boot, order, decision: memory.decision };
    this.replica = new Replica(replicaOptions, this.neighbours, {
      handed: (message) => this.handed(message),
      delivered: (message) => this.delivered(message),
      installed: (decision, isNew) => this.installed(decision, isNew),
    });
    const acceptor = new Acceptor(memory.promised, memory.accepted);
    const listener = { changed: () => void (this.hasChanged = true), noted: (what: string) => this.note(what) };
    this.agreement = new Agreement({ self, acceptor, dice, listener }, this.neighbours, this.replica);
    this.reception = new Reception({ self, order, rooms }, this.office());
  }

  handle(input: RoomInput, now: Instant): RoomEffect[] {
    this.now = now;
    if (input.kind !== 'turn') this.beat(now);
    if (input.kind === 'packet') this.takePacket(input.bytes, now);
    else if (input.kind === 'line') this.reception.take(input.from, input.bytes, now);
    else this.turn(now);
    return this.taken();
  }

  wakeAt(): Instant {
    if (this.isDirty()) return this.flushedAt + this.batchMs;
    const isBusy = this.agreement.isBusy || this.neighbours.links.some((link) => link.isBusy) || this.isUnsettled;
    return this.tickedAt + (isBusy ? LIMITS.roomTickMs : LIMITS.roomHeartbeatMs / 2);
  }

  /** Each batch costs a datagram to every other server: the more there are, the more a batch holds. */
  private get batchMs(): number {
    return Math.max(LIMITS.roomBatchMs, this.options.size);
  }

  private get isUnsettled(): boolean {
    return this.replica.mode !== 'normal' || this.replica.ordering.isUnsettled;
  }

  private beat(now: Instant): void {
    const pausedMs = this.neighbours.beat(now);
    if (pausedMs > 0) this.replica.ordering.shift(pausedMs);
  }

  private turn(now: Instant): void {
    if (now - this.tickedAt >= LIMITS.roomTickMs) {
      this.tickedAt = now;
      this.agreement.tick(now);
      this.reception.flush(now);
      this.replica.pump(now);
    }
    if (now - this.flushedAt >= this.batchMs) this.flush(now);
  }

  /** What is to be remembered leads everything else of its step. */
  private taken(): RoomEffect[] {
    const effects = this.effects;
    this.effects = [];
    if (!this.hasChanged) return effects;
    this.hasChanged = false;
    return [{ kind: 'remember', memory: this.memory() }, ...effects];
  }

  private memory(): Memory {
    const { promised, accepted } = this.agreement.acceptor;
    return { boot: this.options.memory.boot, decision: this.replica.decision, promised, accepted };
  }

  private takePacket(bytes: Uint8Array, now: Instant): void {
    this.counts.packets += 1;
    const packet = decodePacket(bytes);
    const link = packet && this.linkOf(packet);
    if (!packet || !link) {
      this.counts.dropped += 1;
      return;
    }
    const { suspectMs, memory } = this.options;
    const { records, received } = link.take(packet, memory.boot, { now, silentMs: suspectMs });
    this.agreement.tellIfBehind(link.index, now);
    for (const { lane, bytes: record } of records) this.takeRecord(link, lane, record);
    if (received) this.replica.learn(link.index, packet.heartbeat.view, received, now);
  }

  /** Null for what is not for us, or not of our cluster [RWIRE-4]. */
  private linkOf({ from, to, cluster }: Packet): PeerLink | null {
    const { self, size, cluster: ours } = this.options;
    const isOurs = to === self && from !== self && from < size && cluster === ours;
    return isOurs ? this.neighbours.link(from) : null;
  }

  private takeRecord(link: PeerLink, lane: 0 | 1, record: Uint8Array): void {
    if (lane === 1) {
      const control = decodeControl(record);
      if (control) this.agreement.take(link.index, link.boot, control, this.now);
      else this.counts.dropped += 1;
      return;
    }
    const message = decodeMessage(record);
    if (!message || message.from !== link.index) {
      this.counts.dropped += 1;
      return;
    }
    this.isStateDue = true;
    if (!this.replica.take(message, this.now)) this.counts.gaps += 1;
  }

  /** True iff something should leave for another server. */
  private isDirty(): boolean {
    return this.isStateDue || this.neighbours.links.some((link) => link.hasDue(this.now));
  }

  private flush(now: Instant): void {
    const { replica } = this;
    const isUnsettled = replica.ordering.isUnsettled;
    const stamp = this.stamp(now);
    let hasSent = false;
    for (const link of this.neighbours.links) {
      const isMember = replica.mode === 'normal' && replica.members.includes(link.index);
      const everyMs = isMember && isUnsettled ? LIMITS.roomHeartbeatBusyMs : LIMITS.roomHeartbeatMs;
      const isDue = link.hasDue(now) || (isMember && this.isStateDue) || now - link.sentAt >= everyMs;
      if (!isDue) continue;
      hasSent = true;
      const received = isMember ? replica.ordering.received : null;
      for (const packet of link.packets(now, stamp, received)) {
        this.effects.push({ kind: 'send', to: link.index, bytes: encodePacket(packet) });
      }
    }
    this.isStateDue = false;
    if (hasSent) this.flushedAt = now;
  }

  private stamp(now: Instant): Stamp {
    const { self, cluster, memory } = this.options;
    const { decision, mode } = this.replica;
    const heartbeat = { view: decision.view, mode, alive: this.agreement.aliveBits(now) };
    return { from: self, boot: memory.boot, cluster, heartbeat };
  }

  private handed(message: Message): void {
    this.watched({ kind: 'handed', message });
    this.reception.hear(message);
  }

  private delivered(message: Message): void {
    this.counts.delivered += 1;
    const { ledger } = this.replica;
    this.watched({ kind: 'delivered', message, position: ledger.position });
    const { self, memory } = this.options;
    if (message.from === self && message.boot === memory.boot) this.reception.answer(message, ledger.roster);
  }

  private installed(decision: Decision, isNew: boolean): void {
    this.counts.views += 1;
    this.watched({ kind: 'installed', decision, isMember: this.replica.isMember });
    if (isNew) this.reception.forgotten(this.now);
  }

  private note(what: string): void {
    this.watched({ kind: 'noted', what });
  }

  private watched(effect: RoomEffect): void {
    if (this.options.isWatched) this.effects.push(effect);
  }

  private office() {
    return {
      hasQuorum: (now: Instant) => this.agreement.hasQuorum(now),
      mayAdd: (client: number) => this.replica.outbox.mayAdd(client),
      submit: (operation: Message['operation'], now: Instant) => this.replica.submit(operation, now),
      orderLines: (now: Instant) => orderLines(this, this.options, now),
      tell: (to: readonly string[], line: string) => void this.effects.push({ kind: 'tell', to, line }),
    };
  }
}

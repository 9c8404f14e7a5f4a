// The room server as a pure machine. Inputs: packets of servers and lines of clients. Effects: packets, lines, and
// state that must be on disk before them.

import type { Instant, Machine } from '../kit/machine.js';
import { LIMITS } from '../kit/limits.js';
import type { RandomSource } from '../kit/primitives.js';
import { ServerLinks } from './link/server-links.js';
import type { ServerLink, PacketHeader } from './link/server-link.js';
import type { Order } from './order/client-release.js';
import type { LogPosition } from './order/delivery-log.js';
import { decodeMessage, type OrderedMessage } from './order/message.js';
import { orderReply } from './client/order-reply.js';
import { Replica } from './replica.js';
import { ClientHandler } from './client/client-handler.js';
import { Acceptor } from './view/acceptor.js';
import { Agreement } from './view/agreement.js';
import { decodeControl } from './view/control-message.js';
import type { ViewDecision } from './view/view-decision.js';
import type { DurableState } from './view/durable-state.js';
import { decodePacket, encodePacket, type Packet } from './wire/packet.js';

/**
 * `packet`: from another server, already opened. `line`: a datagram of a client. `wake`: the time of `wakeAt` has come.
 * `flush`: no more input for now, so collected output may leave in one batch.
 */
export type RoomInput =
  | { readonly type: 'packet'; readonly bytes: Uint8Array }
  | { readonly type: 'line'; readonly from: string; readonly bytes: Uint8Array }
  | { readonly type: 'wake' }
  | { readonly type: 'flush' };

/** `persist` MUST be on disk before the effects after it are performed. The last four are traces. */
export type RoomEffect =
  | { readonly type: 'persist'; readonly state: DurableState }
  | { readonly type: 'send_packet'; readonly to: number; readonly bytes: Uint8Array }
  | { readonly type: 'send_line'; readonly to: readonly string[]; readonly line: string }
  | { readonly type: 'delivered'; readonly message: OrderedMessage; readonly position: LogPosition }
  | { readonly type: 'released'; readonly message: OrderedMessage }
  | { readonly type: 'installed'; readonly decision: ViewDecision; readonly isMember: boolean }
  | { readonly type: 'traced'; readonly text: string };

export interface RoomServerOptions {
  readonly self: number;
  readonly size: number;
  readonly order: Order;
  readonly rooms: number;
  /** Hash of configuration, order and number of rooms. Packets with another hash are dropped. */
  readonly cluster: number;
  /** Higher: slow servers stay members. Lower: a crash is noticed sooner. */
  readonly suspectMs: number;
  /** The durable state of the previous start, with the boot of this one. */
  readonly state: DurableState;
  readonly random: RandomSource;
  /** A code for each address that only this start of this server can make [ROOM-14]. */
  readonly codeOf: (address: string) => string;
  /** True: gives the trace effects `delivered`, `released`, `installed` and `traced`. */
  readonly isTraced: boolean;
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
  readonly peers: ServerLinks;
  readonly replica: Replica;
  readonly agreement: Agreement;
  readonly clients: ClientHandler;
  private effects: RoomEffect[] = [];
  private hasChanged = false;
  private areAcksDue = false;
  private flushedAt: Instant = 0;
  private tickedAt: Instant = 0;
  private now: Instant = 0;

  constructor(private readonly options: RoomServerOptions) {
    const { self, size, order, rooms, state, suspectMs, random } = options;
    this.peers = new ServerLinks(self, size, suspectMs);
    const replicaOptions = { self, boot: state.boot, order, decision: state.decision };
    this.replica = new Replica(replicaOptions, this.peers, {
      released: (message) => this.released(message),
      delivered: (message) => this.delivered(message),
      installed: (decision, isNew) => this.installed(decision, isNew),
    });
    const acceptor = new Acceptor(state.promised, state.accepted);
    const listener = { stateChanged: () => void (this.hasChanged = true), traced: (text: string) => this.trace(text) };
    this.agreement = new Agreement({ self, acceptor, random, listener }, this.peers, this.replica);
    this.clients = new ClientHandler({ self, order, rooms }, this.clientHandlerDependencies());
  }

  handle(input: RoomInput, now: Instant): RoomEffect[] {
    this.now = now;
    if (input.type !== 'flush') this.noteActivity(now);
    if (input.type === 'packet') this.receivePacket(input.bytes, now);
    else if (input.type === 'line') this.clients.receive(input.from, input.bytes, now);
    else this.endBatch(now);
    return this.takeEffects();
  }

  wakeAt(): Instant {
    if (this.hasOutput()) return this.flushedAt + this.batchMs;
    const isBusy = this.agreement.isBusy || this.peers.links.some((link) => link.isBusy) || this.hasWork;
    return this.tickedAt + (isBusy ? LIMITS.roomTickMs : LIMITS.roomHeartbeatMs / 2);
  }

  /** A batch costs one datagram to each server, so larger clusters collect output for longer. */
  private get batchMs(): number {
    return Math.max(LIMITS.roomBatchMs, this.options.size);
  }

  private get hasWork(): boolean {
    return this.replica.mode !== 'normal' || this.replica.viewOrder.hasUndelivered;
  }

  private noteActivity(now: Instant): void {
    const pausedMs = this.peers.detectPause(now);
    if (pausedMs > 0) this.replica.viewOrder.forgiveLag(pausedMs);
  }

  private endBatch(now: Instant): void {
    if (now - this.tickedAt >= LIMITS.roomTickMs) {
      this.tickedAt = now;
      this.agreement.tick(now);
      this.clients.flush(now);
      this.replica.advance(now);
    }
    if (now - this.flushedAt >= this.batchMs) this.flush(now);
  }

  /** Puts `persist` before all other effects of the step. */
  private takeEffects(): RoomEffect[] {
    const effects = this.effects;
    this.effects = [];
    if (!this.hasChanged) return effects;
    this.hasChanged = false;
    return [{ type: 'persist', state: this.durableState() }, ...effects];
  }

  private durableState(): DurableState {
    const { promised, accepted } = this.agreement.acceptor;
    return { boot: this.options.state.boot, decision: this.replica.decision, promised, accepted };
  }

  private receivePacket(bytes: Uint8Array, now: Instant): void {
    this.counts.packets += 1;
    const packet = decodePacket(bytes);
    const link = packet && this.linkOf(packet);
    if (!packet || !link) {
      this.counts.dropped += 1;
      return;
    }
    const { suspectMs, state } = this.options;
    const { records, received } = link.receive(packet, state.boot, { now, silentMs: suspectMs });
    this.agreement.sendDecisionIfBehind(link.index, now);
    for (const { lane, bytes: record } of records) this.receiveRecord(link, lane, record);
    if (received) this.replica.acknowledge(link.index, packet.heartbeat.view, received, now);
  }

  /** Null for a packet to another server or of another cluster [RWIRE-4]. */
  private linkOf({ from, to, cluster }: Packet): ServerLink | null {
    const { self, size, cluster: ours } = this.options;
    const isOurs = to === self && from !== self && from < size && cluster === ours;
    return isOurs ? this.peers.link(from) : null;
  }

  private receiveRecord(link: ServerLink, lane: 0 | 1, record: Uint8Array): void {
    if (lane === 1) {
      const control = decodeControl(record);
      if (control) this.agreement.receive(link.index, link.boot, control, this.now);
      else this.counts.dropped += 1;
      return;
    }
    const message = decodeMessage(record);
    if (!message || message.from !== link.index) {
      this.counts.dropped += 1;
      return;
    }
    this.areAcksDue = true;
    if (!this.replica.receive(message, this.now)) this.counts.gaps += 1;
  }

  /** True iff an acknowledgement or a frame waits for another server. */
  private hasOutput(): boolean {
    return this.areAcksDue || this.peers.links.some((link) => link.hasDue(this.now));
  }

  private flush(now: Instant): void {
    const { replica } = this;
    const isUnsettled = replica.viewOrder.hasUndelivered;
    const stamp = this.header(now);
    let hasSent = false;
    for (const link of this.peers.links) {
      const isMember = replica.mode === 'normal' && replica.members.includes(link.index);
      const everyMs = isMember && isUnsettled ? LIMITS.roomHeartbeatBusyMs : LIMITS.roomHeartbeatMs;
      const isDue = link.hasDue(now) || (isMember && this.areAcksDue) || now - link.sentAt >= everyMs;
      if (!isDue) continue;
      hasSent = true;
      const received = isMember ? replica.viewOrder.received : null;
      for (const packet of link.packets(now, stamp, received)) {
        this.effects.push({ type: 'send_packet', to: link.index, bytes: encodePacket(packet) });
      }
    }
    this.areAcksDue = false;
    if (hasSent) this.flushedAt = now;
  }

  private header(now: Instant): PacketHeader {
    const { self, cluster, state } = this.options;
    const { decision, mode } = this.replica;
    const heartbeat = { view: decision.view, mode, alive: this.agreement.aliveBits(now) };
    return { from: self, boot: state.boot, cluster, heartbeat };
  }

  private released(message: OrderedMessage): void {
    this.emitTrace({ type: 'released', message });
    this.clients.sendChat(message, this.now);
  }

  private delivered(message: OrderedMessage): void {
    this.counts.delivered += 1;
    const { log } = this.replica;
    this.emitTrace({ type: 'delivered', message, position: log.position });
    const { self, state } = this.options;
    if (message.from === self && message.boot === state.boot) this.clients.answer(message, log.occupants, this.now);
  }

  private installed(decision: ViewDecision, isNew: boolean): void {
    this.counts.views += 1;
    this.emitTrace({ type: 'installed', decision, isMember: this.replica.isMember });
    if (isNew) this.clients.resendOccupancy(this.now);
  }

  private trace(text: string): void {
    this.emitTrace({ type: 'traced', text });
  }

  private emitTrace(effect: RoomEffect): void {
    if (this.options.isTraced) this.effects.push(effect);
  }

  private clientHandlerDependencies() {
    return {
      hasQuorum: (now: Instant) => this.agreement.hasQuorum(now),
      mayAdd: (client: number) => this.replica.pending.mayAdd(client),
      submit: (operation: OrderedMessage['operation'], now: Instant) => this.replica.submit(operation, now),
      orderReply: (now: Instant) => orderReply(this, this.options, now),
      codeOf: this.options.codeOf,
      send: (to: readonly string[], line: string) => void this.effects.push({ type: 'send_line', to, line }),
    };
  }
}

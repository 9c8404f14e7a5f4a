// The total order inside one view [ORDER-1 … 3]: tracks which member has which messages, and gives the next stable one.

import type { Instant } from '../../kit/machine.js';
import { LIMITS } from '../../kit/limits.js';
import { FIRST_KEY, isLater, type OrderKey, type OrderedMessage } from './message.js';

export class ViewOrder {
  /** Number of messages received from each server; for this server, those it sent. */
  readonly received: number[];
  /** Per member: how many messages of each server it has acknowledged. */
  private readonly acknowledged: number[][];
  private readonly undelivered: OrderedMessage[][];
  private readonly progressAt: Instant[];
  /** Acknowledgements that arrived before messages of their own sender [ORDER-3]. */
  private readonly earlyAcks: (readonly number[] | null)[];
  lastDelivered: OrderKey = FIRST_KEY;

  constructor(
    readonly self: number,
    readonly members: readonly number[],
    size: number,
    since: Instant,
  ) {
    this.received = Array.from({ length: size }, () => 0);
    this.acknowledged = Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
    this.undelivered = Array.from({ length: size }, () => []);
    this.progressAt = Array.from({ length: size }, () => since);
    this.earlyAcks = Array.from({ length: size }, () => null);
  }

  /** Number of messages this server sent in this view. */
  get sent(): number {
    return this.received[this.self] ?? 0;
  }

  get hasUndelivered(): boolean {
    return this.undelivered.some((queue) => queue.length > 0);
  }

  get maySend(): boolean {
    return this.sent - this.acknowledgedByAll(this.self) < LIMITS.roomWindow;
  }

  /** False if the message is not the next of its sender. */
  add(message: OrderedMessage, now: Instant): boolean {
    const { from, seq } = message;
    if (seq !== (this.received[from] ?? 0) + 1) return false;
    this.received[from] = seq;
    this.undelivered[from]?.push(message);
    const own = this.acknowledged[from];
    if (own && from !== this.self) own[from] = seq;
    const waiting = this.earlyAcks[from];
    if (waiting) this.acknowledge(from, waiting, now);
    return true;
  }

  /** Takes the number of messages of each server that a member has received. */
  acknowledge(member: number, received: readonly number[], now: Instant): void {
    if (this.isAhead(member, received)) {
      this.earlyAcks[member] = received;
      return;
    }
    this.earlyAcks[member] = null;
    const known = this.acknowledged[member];
    if (!known || member === this.self) return;
    if ((received[this.self] ?? 0) > (known[this.self] ?? 0)) this.progressAt[member] = now;
    for (let of = 0; of < known.length; of += 1) known[of] = Math.max(known[of] ?? 0, received[of] ?? 0);
  }

  /**
   * True iff a member has made no progress acknowledging our messages for too long [VIEW-10]. Must be called at each
   * tick: a call at which nothing waits counts as progress.
   */
  isLagging(member: number, now: Instant): boolean {
    if (member === this.self || !this.members.includes(member)) return false;
    if (this.countOf(member, this.self) < this.sent) {
      return now - (this.progressAt[member] ?? now) > LIMITS.roomAckLagMs;
    }
    this.progressAt[member] = now;
    return false;
  }

  /** Extends all deadlines by a pause of this server. */
  forgiveLag(ms: number): void {
    for (const member of this.members) this.progressAt[member] = (this.progressAt[member] ?? 0) + ms;
  }

  /** Removes and gives the next message if it is stable [ORDER-2], else null. */
  takeStable(): OrderedMessage | null {
    const first = this.head();
    if (!first || this.acknowledgedByAll(first.from) < first.seq) return null;
    this.undelivered[first.from]?.shift();
    this.lastDelivered = { time: first.time, from: first.from };
    return first;
  }

  /** The next message in the order, stable or not. */
  head(): OrderedMessage | null {
    let first: OrderedMessage | null = null;
    for (const member of this.members) {
      const head = this.undelivered[member]?.[0];
      if (head && (!first || isLater(first, head))) first = head;
    }
    return first;
  }

  membersLacking(message: OrderedMessage): number[] {
    return this.members.filter((member) => this.countOf(member, message.from) < message.seq);
  }

  undeliveredMessages(): OrderedMessage[] {
    return this.undelivered.flat();
  }

  /** Number of messages of a server that every member has. */
  private acknowledgedByAll(from: number): number {
    let least = Infinity;
    for (const member of this.members) least = Math.min(least, this.countOf(member, from));
    return least;
  }

  private countOf(member: number, from: number): number {
    return (member === this.self ? this.received[from] : this.acknowledged[member]?.[from]) ?? 0;
  }

  /** True iff the acknowledgement covers messages of its own sender that have not arrived [ORDER-3]. */
  private isAhead(member: number, received: readonly number[]): boolean {
    return (received[member] ?? 0) > (this.received[member] ?? 0);
  }
}

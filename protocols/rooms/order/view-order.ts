// The order inside one view [ORDER-1 … 3]: who has which messages, and which is the next that everybody has.

import type { Instant } from '../../kit/machine.js';
import { LIMITS } from '../../kit/limits.js';
import { FIRST_KEY, isLater, type OrderKey, type OrderedMessage } from './message.js';

export class ViewOrder {
  /** How many messages of each server we have; ours include those we sent. */
  readonly received: number[];
  /** Per member: how many of each server it says it has. */
  private readonly acknowledged: number[][];
  private readonly undelivered: OrderedMessage[][];
  private readonly progressAt: Instant[];
  /** The newest state of each member that is ahead of its own messages. */
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

  /** How many messages we sent in this view. */
  get sent(): number {
    return this.received[this.self] ?? 0;
  }

  /** True iff something waits to be delivered. */
  get hasUndelivered(): boolean {
    return this.undelivered.some((queue) => queue.length > 0);
  }

  get maySend(): boolean {
    return this.sent - this.acknowledgedByAll(this.self) < LIMITS.roomWindow;
  }

  /** False where the message is not the next of its sender: something is missing before it. */
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

  /** A member says how many messages of each server it has. */
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
   * True iff a member has acknowledged nothing of ours for too long, though something waits [VIEW-10]. Asked again and
   * again: a moment at which nothing waits counts as progress.
   */
  isLagging(member: number, now: Instant): boolean {
    if (member === this.self || !this.members.includes(member)) return false;
    if (this.countOf(member, this.self) < this.sent) {
      return now - (this.progressAt[member] ?? now) > LIMITS.roomAckLagMs;
    }
    this.progressAt[member] = now;
    return false;
  }

  /** Forgives a lag that was ours. */
  forgiveLag(ms: number): void {
    for (const member of this.members) this.progressAt[member] = (this.progressAt[member] ?? 0) + ms;
  }

  /** The next message that all members have, taken out; null where the next is not there yet [ORDER-2]. */
  takeStable(): OrderedMessage | null {
    const first = this.head();
    if (!first || this.acknowledgedByAll(first.from) < first.seq) return null;
    this.undelivered[first.from]?.shift();
    this.lastDelivered = { time: first.time, from: first.from };
    return first;
  }

  /** The next in order, whether it is stable or not. */
  head(): OrderedMessage | null {
    let first: OrderedMessage | null = null;
    for (const member of this.members) {
      const head = this.undelivered[member]?.[0];
      if (head && (!first || isLater(first, head))) first = head;
    }
    return first;
  }

  /** Members that have not acknowledged a message yet. */
  membersLacking(message: OrderedMessage): number[] {
    return this.members.filter((member) => this.countOf(member, message.from) < message.seq);
  }

  undeliveredMessages(): OrderedMessage[] {
    return this.undelivered.flat();
  }

  /** How many messages of a server all members have. */
  private acknowledgedByAll(from: number): number {
    let least = Infinity;
    for (const member of this.members) least = Math.min(least, this.countOf(member, from));
    return least;
  }

  private countOf(member: number, from: number): number {
    return (member === this.self ? this.received[from] : this.acknowledged[member]?.[from]) ?? 0;
  }

  /** What a member acknowledged may be later than messages of its own that are still under way [ORDER-3]. */
  private isAhead(member: number, received: readonly number[]): boolean {
    return (received[member] ?? 0) > (this.received[member] ?? 0);
  }
}

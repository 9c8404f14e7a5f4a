// When clients hear a message [ORDER-8]: once it is delivered (total), or at receipt, in its server's order or not.

import { LIMITS } from '../../kit/limits.js';
import type { OrderedMessage } from './message.js';

export const ORDERS = ['unordered', 'fifo', 'total'] as const;
export type Order = (typeof ORDERS)[number];

/** What clients heard of one server: all up to `upTo`, and those of `beyond`. */
interface ReleasedMessages {
  readonly boot: number;
  upTo: number;
  readonly beyond: Set<number>;
  readonly heldBack: Map<number, OrderedMessage>;
}

export class ClientRelease {
  private readonly released = new Map<number, ReleasedMessages>();

  constructor(
    private readonly order: Order,
    private readonly release: (message: OrderedMessage) => void,
  ) {}

  /** A message came, or we sent it ourselves. */
  received(message: OrderedMessage): void {
    if (this.order === 'total') return;
    const heard = this.releasedOf(message);
    if (heard.boot !== message.boot || message.nth <= heard.upTo || heard.beyond.has(message.nth)) return;
    if (this.order === 'fifo') this.holdBack(heard, message);
    else this.releaseNow(heard, message);
  }

  /** A message was delivered: whatever the order, clients have heard it now. */
  delivered(message: OrderedMessage): void {
    if (this.order === 'total') this.release(message);
    else this.received(message);
  }

  /** What a server said up to this number is past: it will not come any more. */
  skipTo(server: number, boot: number, nth: number): void {
    if (this.order === 'total') return;
    const heard = this.releasedOf({ from: server, boot, nth: nth + 1 });
    if (heard.boot !== boot || heard.upTo >= nth) return;
    heard.upTo = nth;
    for (const each of heard.beyond) if (each <= nth) heard.beyond.delete(each);
    for (const each of heard.heldBack.keys()) if (each <= nth) heard.heldBack.delete(each);
    this.advance(heard);
  }

  private releasedOf({ from, boot, nth }: { from: number; boot: number; nth: number }): ReleasedMessages {
    const known = this.released.get(from);
    if (known && known.boot >= boot) return known;
    // Of a server that is new to us, what it said before is none of our business.
    const heard: ReleasedMessages = { boot, upTo: known ? 0 : nth - 1, beyond: new Set(), heldBack: new Map() };
    this.released.set(from, heard);
    return heard;
  }

  private holdBack(heard: ReleasedMessages, message: OrderedMessage): void {
    if (heard.heldBack.size >= LIMITS.roomHeldBackMax) return;
    heard.heldBack.set(message.nth, message);
    this.advance(heard);
  }

  private releaseNow(heard: ReleasedMessages, message: OrderedMessage): void {
    heard.beyond.add(message.nth);
    this.release(message);
    this.advance(heard);
  }

  private advance(heard: ReleasedMessages): void {
    for (;;) {
      const next = heard.heldBack.get(heard.upTo + 1);
      if (!next && !heard.beyond.has(heard.upTo + 1)) return;
      heard.upTo += 1;
      heard.beyond.delete(heard.upTo);
      heard.heldBack.delete(heard.upTo);
      if (next) this.release(next);
    }
  }
}

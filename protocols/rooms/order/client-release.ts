// Decides when a message is released to the clients of this server [ORDER-8]: on delivery (total) or on receipt.

import { LIMITS } from '../../kit/limits.js';
import type { OrderedMessage } from './message.js';

export const ORDERS = ['unordered', 'fifo', 'total'] as const;
export type Order = (typeof ORDERS)[number];

/** What was released of one server: all operations up to `upTo`, and those in `beyond`. */
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

  /** A message arrived from a peer or was accepted here. */
  received(message: OrderedMessage): void {
    if (this.order === 'total') return;
    const released = this.releasedOf(message);
    if (released.boot !== message.boot || message.nth <= released.upTo || released.beyond.has(message.nth)) return;
    if (this.order === 'fifo') this.holdBack(released, message);
    else this.releaseNow(released, message);
  }

  /** A message was delivered. Afterwards it is released in every order. */
  delivered(message: OrderedMessage): void {
    if (this.order === 'total') this.release(message);
    else this.received(message);
  }

  /** Operations of a server up to `nth` will not arrive any more: later ones need not wait for them. */
  skipTo(server: number, boot: number, nth: number): void {
    if (this.order === 'total') return;
    const released = this.releasedOf({ from: server, boot, nth: nth + 1 });
    if (released.boot !== boot || released.upTo >= nth) return;
    released.upTo = nth;
    for (const each of released.beyond) if (each <= nth) released.beyond.delete(each);
    for (const each of released.heldBack.keys()) if (each <= nth) released.heldBack.delete(each);
    this.advance(released);
  }

  private releasedOf({ from, boot, nth }: { from: number; boot: number; nth: number }): ReleasedMessages {
    const known = this.released.get(from);
    if (known && known.boot >= boot) return known;
    // The first message of an unknown server sets the start: earlier ones belong to a time before we were in its view.
    const released: ReleasedMessages = { boot, upTo: known ? 0 : nth - 1, beyond: new Set(), heldBack: new Map() };
    this.released.set(from, released);
    return released;
  }

  private holdBack(released: ReleasedMessages, message: OrderedMessage): void {
    if (released.heldBack.size >= LIMITS.roomReorderMax) return;
    released.heldBack.set(message.nth, message);
    this.advance(released);
  }

  private releaseNow(released: ReleasedMessages, message: OrderedMessage): void {
    released.beyond.add(message.nth);
    this.release(message);
    this.advance(released);
  }

  private advance(released: ReleasedMessages): void {
    for (;;) {
      const next = released.heldBack.get(released.upTo + 1);
      if (!next && !released.beyond.has(released.upTo + 1)) return;
      released.upTo += 1;
      released.beyond.delete(released.upTo);
      released.heldBack.delete(released.upTo);
      if (next) this.release(next);
    }
  }
}

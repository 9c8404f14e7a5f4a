// The sending side of one conversation (SPEC CHAT-3, CHAT-4, CHAT-5): which messages are on their way over the link
// at hand.

import { LIMITS } from '../kit/limits.js';
import { assert } from '../kit/machine.js';

/** A message sent over the present link and not acknowledged. */
interface InFlight {
  readonly seq: number;
  readonly id: string;
}

/**
 * The window of one destination. Messages enter in rising seq and leave when acknowledged or cancelled; a new link
 * starts over, so that whatever the old one lost is sent again.
 */
export class SendWindow {
  private flight: InFlight[] = [];
  private sentUpTo = 0;

  /** How many more messages may be sent now. */
  get room(): number {
    return LIMITS.chatWindow - this.flight.length;
  }

  /** The highest seq sent since the last `restart`. */
  get cursor(): number {
    return this.sentUpTo;
  }

  /** A new link: everything unacknowledged is unsent. */
  reset(): void {
    this.flight = [];
    this.sentUpTo = 0;
  }

  /** Enters a message; gives the `after` to send with it: the nearest earlier seq still unacknowledged, or 0. */
  add(message: InFlight): number {
    assert(message.seq > this.sentUpTo, 'messages are sent in order');
    assert(this.room > 0, 'the window is never exceeded');
    const after = this.flight.at(-1)?.seq ?? 0;
    this.flight.push({ seq: message.seq, id: message.id });
    this.sentUpTo = message.seq;
    return after;
  }

  /** Acknowledged or cancelled; gives those of the ids that were on their way. */
  remove(ids: ReadonlySet<string>): string[] {
    const left = this.flight.filter(({ id }) => ids.has(id)).map(({ id }) => id);
    if (left.length > 0) this.flight = this.flight.filter(({ id }) => !ids.has(id));
    return left;
  }
}

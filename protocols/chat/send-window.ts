// The send window of one conversation: the unacknowledged messages on the current link (SPEC CHAT-4, CHAT-5).

import { LIMITS } from '../kit/limits.js';
import { assert } from '../kit/machine.js';

/** A message that was sent over the current link and is not acknowledged. */
interface InFlight {
  readonly seq: number;
  readonly id: string;
}

/**
 * Messages enter by increasing seq and leave when they are acknowledged or cancelled. A new link starts with an empty
 * window, so that messages lost on the old one are sent again.
 */
export class SendWindow {
  private flight: InFlight[] = [];
  private sentUpTo = 0;

  /** How many messages may be sent now. */
  get room(): number {
    return LIMITS.chatWindow - this.flight.length;
  }

  /** The highest seq sent since the last `reset`. */
  get cursor(): number {
    return this.sentUpTo;
  }

  /** For a new link: all unacknowledged messages count as unsent. */
  reset(): void {
    this.flight = [];
    this.sentUpTo = 0;
  }

  /** Adds a message. Returns its `after`: the nearest earlier unacknowledged seq, or 0. */
  add(message: InFlight): number {
    assert(message.seq > this.sentUpTo, 'messages are sent in order');
    assert(this.room > 0, 'the window is never exceeded');
    const after = this.flight.at(-1)?.seq ?? 0;
    this.flight.push({ seq: message.seq, id: message.id });
    this.sentUpTo = message.seq;
    return after;
  }

  /** Removes acknowledged or cancelled messages. Returns those of the ids that were in the window. */
  remove(ids: ReadonlySet<string>): string[] {
    const left = this.flight.filter(({ id }) => ids.has(id)).map(({ id }) => id);
    if (left.length > 0) this.flight = this.flight.filter(({ id }) => !ids.has(id));
    return left;
  }
}

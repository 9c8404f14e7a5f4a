// Orders the messages of each client session by their counters and delivers each once [CHAN-8]. It waits a short time
// for a missing counter.

import { FairMap } from '../../../kit/bounds/fair-map.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import { HeldMessages, type HeldMessage } from './held-messages.js';
import type { SignedMessage } from './signed-message.js';

/** The number of counters, from the highest down, that are remembered one by one. */
const WINDOW = 32;

interface SessionSequence {
  /** The highest counter that was delivered; 0 before the first. */
  highest: number;
  /** Bit k is set if the counter `highest − k` was delivered. */
  recent: number;
}

export class SequenceTracker {
  private readonly sessions = new FairMap<SessionSequence>(LIMITS.clientSessionsRemembered);
  private readonly held = new HeldMessages();

  get size(): number {
    return this.sessions.size;
  }

  get heldCount(): number {
    return this.held.size;
  }

  /** `late`: the message was not delivered, but a later one of its session was. */
  classify({ content }: SignedMessage): 'new' | 'known' | 'late' {
    const session = sessionKeyOf(content);
    const sequence = this.sessions.get(session);
    if (this.held.has(session, content.counter)) return 'known';
    if (sequence === undefined || content.counter > sequence.highest) return 'new';
    const behind = sequence.highest - content.counter;
    return behind < WINDOW && ((sequence.recent >>> behind) & 1) === 0 ? 'late' : 'known';
  }

  /**
   * Accepts a verified message and returns the messages to deliver now, in order. `source`: the network or peer whose
   * memory share is charged.
   */
  accept(message: SignedMessage, source: string, now: Instant): SignedMessage[] {
    if (this.classify(message) !== 'new') return [];
    const session = sessionKeyOf(message.content);
    const sequence = this.sequenceOf(session, source);
    if (message.content.counter === sequence.highest + 1) return this.deliver(session, sequence, [message]);
    this.held.add({ session, message, source, since: now });
    const released: SignedMessage[] = [];
    for (let full = this.held.overfull(session); full !== null; full = this.held.overfull(session))
      released.push(...this.release(full, Infinity));
    return released;
  }

  /** The messages whose wait for an earlier one is over. */
  due(now: Instant): SignedMessage[] {
    return [...this.held.due(now)].flatMap(([session, upTo]) => this.release(session, upTo));
  }

  wakeAt(): Instant | null {
    return this.held.next();
  }

  private sequenceOf(session: string, source: string): SessionSequence {
    const known = this.sessions.get(session);
    if (known) {
      this.sessions.touch(session);
      return known;
    }
    const sequence: SessionSequence = { highest: 0, recent: 0 };
    const forgotten = this.sessions.put(session, sequence, source);
    if (forgotten) this.held.takeUpTo(forgotten.key, Infinity);
    return sequence;
  }

  /** Delivers the held messages of a session up to a counter, although earlier ones are missing. */
  private release(session: string, upTo: number): SignedMessage[] {
    const sequence = this.sessions.get(session);
    const released = this.held.takeUpTo(session, upTo);
    return sequence === undefined
      ? []
      : this.deliver(
          session,
          sequence,
          released.map(({ message }) => message),
        );
  }

  /** Delivers messages in order, and the held ones that follow without a gap. */
  private deliver(session: string, sequence: SessionSequence, messages: SignedMessage[]): SignedMessage[] {
    const delivered = [...messages];
    for (const { content } of messages) advance(sequence, content.counter);
    for (let next = this.nextHeld(session, sequence); next; next = this.nextHeld(session, sequence)) {
      advance(sequence, next.message.content.counter);
      delivered.push(next.message);
    }
    return delivered;
  }

  private nextHeld(session: string, { highest }: SessionSequence): HeldMessage | null {
    return this.held.takeOne(session, highest + 1);
  }
}

function advance(sequence: SessionSequence, counter: number): void {
  const step = counter - sequence.highest;
  sequence.recent = step >= WINDOW ? 1 : ((sequence.recent << step) | 1) >>> 0;
  sequence.highest = counter;
}

/** A session belongs to a key: sessions of two keys differ, even if their ids are the same. */
function sessionKeyOf({ key, life }: SignedMessage['content']): string {
  return key + life;
}

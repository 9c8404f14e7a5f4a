// Holds messages that arrived before an earlier message of their session, bounded in number, bytes and time [CHAN-8].

import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { SignedMessage } from './signed-message.js';

export interface HeldMessage {
  /** The client session, by `sessionKeyOf`. */
  readonly session: string;
  readonly message: SignedMessage;
  /** The network or peer that delivered the message; memory is shared out among sources. */
  readonly source: string;
  readonly since: Instant;
}

export class HeldMessages {
  /** In the order of arrival, which is the order of expiry. */
  private readonly held = new Set<HeldMessage>();
  /** By session, then by counter. */
  private readonly sessions = new Map<string, Map<number, HeldMessage>>();
  /** Bytes held for each source. */
  private readonly shares = new Map<string, number>();
  private bytes = 0;

  get size(): number {
    return this.held.size;
  }

  has(session: string, counter: number): boolean {
    return this.sessions.get(session)?.has(counter) ?? false;
  }

  add(held: HeldMessage): void {
    const { session, message } = held;
    const messages = this.sessions.get(session) ?? new Map<number, HeldMessage>();
    this.sessions.set(session, messages.set(message.content.counter, held));
    this.held.add(held);
    this.count(held, message.signed.payload.length);
  }

  /** Takes out the one with this counter. */
  takeOne(session: string, counter: number): HeldMessage | null {
    const messages = this.sessions.get(session);
    const held = messages?.get(counter);
    if (messages === undefined || held === undefined) return null;
    messages.delete(counter);
    if (messages.size === 0) this.sessions.delete(session);
    this.held.delete(held);
    this.count(held, -held.message.signed.payload.length);
    return held;
  }

  /** Takes out the messages of a session up to a counter, in order. */
  takeUpTo(session: string, upTo: number): HeldMessage[] {
    const counters = [...(this.sessions.get(session)?.keys() ?? [])].filter((counter) => counter <= upTo);
    return counters.sort((a, b) => a - b).flatMap((counter) => this.takeOne(session, counter) ?? []);
  }

  /** The sessions whose messages have waited long enough, each with the counter to release up to. */
  due(now: Instant): Map<string, number> {
    const due = new Map<string, number>();
    for (const { session, message, since } of this.held) {
      if (since + LIMITS.relayReorderMs > now) break;
      due.set(session, Math.max(due.get(session) ?? 0, message.content.counter));
    }
    return due;
  }

  next(): Instant | null {
    for (const { since } of this.held) return since + LIMITS.relayReorderMs;
    return null;
  }

  /** The session to release because the buffer is full, or null. `session`: the session of the last message. */
  overfull(session: string): string | null {
    if ((this.sessions.get(session)?.size ?? 0) > LIMITS.relayHeldPerSession) return session;
    if (this.held.size <= LIMITS.relayReorderMax && this.bytes <= LIMITS.relayReorderBytes) return null;
    const [[largest] = ['']] = [...this.shares].sort(([, a], [, b]) => b - a);
    for (const each of this.held) if (each.source === largest) return each.session;
    return null;
  }

  private count({ source }: HeldMessage, bytes: number): void {
    const share = (this.shares.get(source) ?? 0) + bytes;
    if (share === 0) this.shares.delete(source);
    else this.shares.set(source, share);
    this.bytes += bytes;
  }
}

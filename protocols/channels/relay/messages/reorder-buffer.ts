// Words that came before what was said before them. Few, small together, and none for long.

import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { SignedMessage } from './signed-message.js';

export interface HeldMessage {
  /** Of the life. */
  readonly name: string;
  readonly speech: SignedMessage;
  /** Who brought it: shares of the room are counted by this. */
  readonly bringer: string;
  readonly since: Instant;
}

export class ReorderBuffer {
  /** Whoever came first stands first, and is due first. */
  private readonly waiting = new Set<HeldMessage>();
  /** By life, and there by counter. */
  private readonly lives = new Map<string, Map<number, HeldMessage>>();
  /** Bytes of each bringer. */
  private readonly shares = new Map<string, number>();
  private bytes = 0;

  get size(): number {
    return this.waiting.size;
  }

  has(name: string, counter: number): boolean {
    return this.lives.get(name)?.has(counter) ?? false;
  }

  add(waiting: HeldMessage): void {
    const { name, speech } = waiting;
    const life = this.lives.get(name) ?? new Map<number, HeldMessage>();
    this.lives.set(name, life.set(speech.words.counter, waiting));
    this.waiting.add(waiting);
    this.count(waiting, speech.said.payload.length);
  }

  /** Takes out the one with this counter. */
  takeOne(name: string, counter: number): HeldMessage | null {
    const life = this.lives.get(name);
    const waiting = life?.get(counter);
    if (life === undefined || waiting === undefined) return null;
    life.delete(counter);
    if (life.size === 0) this.lives.delete(name);
    this.waiting.delete(waiting);
    this.count(waiting, -waiting.speech.said.payload.length);
    return waiting;
  }

  /** Takes out all of a life up to a counter, in order. */
  takeUpTo(name: string, upTo: number): HeldMessage[] {
    const counters = [...(this.lives.get(name)?.keys() ?? [])].filter((counter) => counter <= upTo);
    return counters.sort((a, b) => a - b).flatMap((counter) => this.takeOne(name, counter) ?? []);
  }

  /** The lives that have waited long enough, and up to which counter. */
  due(now: Instant): Map<string, number> {
    const due = new Map<string, number>();
    for (const { name, speech, since } of this.waiting) {
      if (since + LIMITS.relayHoldMs > now) break;
      due.set(name, Math.max(due.get(name) ?? 0, speech.words.counter));
    }
    return due;
  }

  next(): Instant | null {
    for (const { since } of this.waiting) return since + LIMITS.relayHoldMs;
    return null;
  }

  /** The life that has to go on because there is no more room, or null. `name`: whose words came last. */
  overfull(name: string): string | null {
    if ((this.lives.get(name)?.size ?? 0) > LIMITS.relayHeldPerSession) return name;
    if (this.waiting.size <= LIMITS.relayHeldMax && this.bytes <= LIMITS.relayHeldBytes) return null;
    const [[greediest] = ['']] = [...this.shares].sort(([, a], [, b]) => b - a);
    for (const each of this.waiting) if (each.bringer === greediest) return each.name;
    return null;
  }

  private count({ bringer }: HeldMessage, bytes: number): void {
    const share = (this.shares.get(bringer) ?? 0) + bytes;
    if (share === 0) this.shares.delete(bringer);
    else this.shares.set(bringer, share);
    this.bytes += bytes;
  }
}

// Messages that wait for one that they depend on (SPEC GROUP-28). A lookup takes the same time, however many a member
// sends whose dependencies never come.

import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { GroupMessage } from '../../group-message.js';

/** `until`: then it is shown with a mark. */
interface Held {
  readonly message: GroupMessage;
  readonly until: Instant;
}

export class HeldBack {
  private readonly byId = new Map<string, Held>();
  /** The held numbers of each device, ascending: a device is accepted in the order of its numbers. */
  private readonly numbers = new Map<string, Set<number>>();

  get isFull(): boolean {
    return this.byId.size >= LIMITS.groupHeldMessagesMax;
  }

  add(id: string, held: Held): void {
    const { device, seq } = held.message;
    const numbers = this.numbers.get(device) ?? new Set();
    this.byId.set(id, held);
    this.numbers.set(device, numbers.add(seq));
  }

  remove(id: string): void {
    const held = this.byId.get(id);
    if (held === undefined) return;
    const { device, seq } = held.message;
    this.byId.delete(id);
    const numbers = this.numbers.get(device);
    numbers?.delete(seq);
    if (numbers?.size === 0) this.numbers.delete(device);
  }

  /** Is a message of this device with a number up to `seq` held? */
  has(device: string, seq: number): boolean {
    for (const lowest of this.numbers.get(device) ?? []) return lowest <= seq;
    return false;
  }

  /** When the first one is shown with a mark, null if none is held. Later ones were added later. */
  firstUntil(): Instant | null {
    for (const { until } of this.byId.values()) return until;
    return null;
  }

  /** In the order in which they are shown. */
  inOrder(): [string, Held][] {
    return [...this.byId].sort(
      ([, a], [, b]) => a.message.lamport - b.message.lamport || a.message.seq - b.message.seq,
    );
  }
}

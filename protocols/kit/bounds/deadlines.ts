// Deadlines of equal length: they expire in the order in which they started, so every operation is O(1).

import type { Instant } from '../machine.js';

export class Deadlines {
  /** In the order of insertion. A restart moves a deadline to the end. */
  private readonly dueAt = new Map<number, Instant>();

  constructor(private readonly lengthMs: number) {}

  get size(): number {
    return this.dueAt.size;
  }

  /** Starts or restarts the deadline of `id`. */
  start(id: number, now: Instant): void {
    this.dueAt.delete(id);
    this.dueAt.set(id, now + this.lengthMs);
  }

  stop(id: number): void {
    this.dueAt.delete(id);
  }

  /** The earliest deadline, or null. */
  next(): Instant | null {
    for (const at of this.dueAt.values()) return at;
    return null;
  }

  /** Removes and returns the expired ids. */
  due(now: Instant): number[] {
    const due: number[] = [];
    for (const [id, at] of this.dueAt) {
      if (at > now) break;
      due.push(id);
    }
    for (const id of due) this.dueAt.delete(id);
    return due;
  }
}

// The queue of operations that this server accepted and has not delivered [ORDER-6, ORDER-7]. Each keeps its number and
// is sent again in each new view.

import { LIMITS } from '../../kit/limits.js';
import type { RoomOperation } from './message.js';

interface PendingOperation {
  readonly nth: number;
  readonly operation: RoomOperation;
}

export class PendingOperations {
  private entries: PendingOperation[] = [];
  private unsentAt = 0;
  private lastNumber = 0;
  private readonly perClient = new Map<number, number>();

  get size(): number {
    return this.entries.length;
  }

  get isFull(): boolean {
    return this.entries.length >= LIMITS.roomOutboxMax;
  }

  mayAdd(client: number): boolean {
    return !this.isFull && (this.perClient.get(client) ?? 0) < LIMITS.roomOutboxPerClient;
  }

  /** Adds an operation and gives its number. */
  add(operation: RoomOperation): number {
    this.lastNumber += 1;
    this.entries.push({ nth: this.lastNumber, operation });
    this.perClient.set(operation.client, (this.perClient.get(operation.client) ?? 0) + 1);
    return this.lastNumber;
  }

  /** The next operation not yet sent in this view; `markSent` moves on. */
  nextUnsent(): PendingOperation | null {
    return this.entries[this.unsentAt] ?? null;
  }

  markSent(): void {
    this.unsentAt += 1;
  }

  /** A new view: all operations count as unsent. */
  restart(): void {
    this.unsentAt = 0;
  }

  /** Removes everything up to this number: it was delivered. */
  dropThrough(nth: number): void {
    for (let first = this.entries[0]; first && first.nth <= nth; first = this.entries[0]) {
      this.entries.shift();
      this.unsentAt = Math.max(0, this.unsentAt - 1);
      this.release(first.operation.client);
    }
  }

  private release(client: number): void {
    const count = (this.perClient.get(client) ?? 0) - 1;
    if (count > 0) this.perClient.set(client, count);
    else this.perClient.delete(client);
  }
}

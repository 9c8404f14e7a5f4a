// A map whose changes are undone when their transaction is. The order of its entries means nothing.

import type { UndoLog } from './undo-log.js';

export class UndoMap<K, V> {
  private readonly entries = new Map<K, V>();

  constructor(private readonly log: UndoLog) {}

  get(key: K): V | undefined {
    return this.entries.get(key);
  }

  has(key: K): boolean {
    return this.entries.has(key);
  }

  values(): V[] {
    return [...this.entries.values()];
  }

  all(): [K, V][] {
    return [...this.entries];
  }

  set(key: K, value: V): void {
    const before = this.entries.get(key);
    const wasThere = before !== undefined || this.entries.has(key);
    this.entries.set(key, value);
    this.log.note(() => (wasThere ? this.entries.set(key, before as V) : this.entries.delete(key)));
  }

  /** False if there was nothing. */
  delete(key: K): boolean {
    const before = this.entries.get(key);
    if (!this.entries.delete(key)) return false;
    this.log.note(() => this.entries.set(key, before as V));
    return true;
  }
}

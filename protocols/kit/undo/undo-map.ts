// A map whose changes are undone when their transaction rolls back. Values must not be mutated in place; an undo does
// not restore the order of entries.

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

  /** A copy of the entries: the caller may change the map while iterating. */
  all(): [K, V][] {
    return [...this.entries];
  }

  set(key: K, value: V): void {
    const before = this.entries.get(key);
    const existed = before !== undefined || this.entries.has(key);
    this.entries.set(key, value);
    this.log.record(() => (existed ? this.entries.set(key, before as V) : this.entries.delete(key)));
  }

  /** False if there was no entry. */
  delete(key: K): boolean {
    const before = this.entries.get(key);
    if (!this.entries.delete(key)) return false;
    this.log.record(() => this.entries.set(key, before as V));
    return true;
  }
}

// The messages of one conversation, kept in the order of its history.

import type { StoredMessage } from '../../engine/core/store.js';
import type { UndoLog } from './undo-log.js';

/** A message at its place; what changes about it changes here. `order`: when it came, among all messages. */
export interface MessageEntry {
  readonly order: number;
  message: StoredMessage;
}

export class OrderedConversation {
  private readonly sorted: MessageEntry[] = [];

  constructor(private readonly log: UndoLog) {}

  /** In the order of the history. */
  get all(): readonly MessageEntry[] {
    return this.sorted;
  }

  insert(row: MessageEntry): void {
    this.sorted.splice(this.indexOf(row.message), 0, row);
    this.log.note(() => this.sorted.splice(this.indexOf(row.message), 1));
  }

  remove(row: MessageEntry): void {
    this.sorted.splice(this.indexOf(row.message), 1);
    this.log.note(() => this.sorted.splice(this.indexOf(row.message), 0, row));
  }

  /** Where a message stands, or would stand. */
  indexOf(message: StoredMessage): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const row = this.sorted[middle];
      if (row && compare(row.message, message) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function compare(a: StoredMessage, b: StoredMessage): number {
  return a.lamport - b.lamport || order(a.device, b.device) || a.seq - b.seq || order(a.kind, b.kind);
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

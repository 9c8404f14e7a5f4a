// The messages of one conversation, in the order of its history.

import type { StoredMessage } from '../../../../client/engine/core/store.js';
import type { UndoLog } from '../../../../protocols/kit/undo/undo-log.js';

/** A message, which changes in place. `order`: its number among all messages, in the order of arrival. */
export interface MessageEntry {
  readonly order: number;
  message: StoredMessage;
}

export class OrderedConversation {
  private readonly sorted: MessageEntry[] = [];

  constructor(private readonly log: UndoLog) {}

  get all(): readonly MessageEntry[] {
    return this.sorted;
  }

  insert(entry: MessageEntry): void {
    this.sorted.splice(this.indexOf(entry.message), 0, entry);
    this.log.record(() => this.sorted.splice(this.indexOf(entry.message), 1));
  }

  remove(entry: MessageEntry): void {
    this.sorted.splice(this.indexOf(entry.message), 1);
    this.log.record(() => this.sorted.splice(this.indexOf(entry.message), 0, entry));
  }

  /** The index of a message, or the index to insert it at. */
  indexOf(message: StoredMessage): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.sorted[middle];
      if (entry && compare(entry.message, message) < 0) low = middle + 1;
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

// The outbox in memory: for each peer, the messages that wait, by seq.

import type { StoredMessage, Waiting } from '../../engine/core/store.js';
import type { MemoryMessages } from './memory-messages.js';
import type { MessageEntry } from './ordered-conversation.js';
import type { UndoLog } from './undo-log.js';
import { UndoMap } from './undo-map.js';

interface Entry {
  readonly row: MessageEntry;
  readonly heldAt: number | null;
}

export class MemoryOutbox {
  /** By id of the message. */
  private readonly entries: UndoMap<string, Entry>;

  constructor(
    log: UndoLog,
    private readonly messages: MemoryMessages,
  ) {
    this.entries = new UndoMap(log);
  }

  add(message: StoredMessage): void {
    this.messages.addOwn(message);
    const row = this.messages.row(message.id);
    if (row) this.entries.set(message.id, { row, heldAt: null });
  }

  settle(id: string, state: 'delivered' | 'cancelled'): boolean {
    if (!this.entries.delete(id)) return false;
    this.messages.setState(id, state);
    return true;
  }

  drop(id: string): boolean {
    const row = this.messages.row(id);
    const isUnsent = row?.message.mine && (this.entries.has(id) || row.message.state === 'cancelled');
    if (!row || !isUnsent) return false;
    this.entries.delete(id);
    this.messages.remove(row);
    return true;
  }

  markHeld(ids: readonly string[], heldAt: number): string[] {
    const waiting = ids.filter((id) => this.entries.has(id));
    for (const id of waiting) this.put(id, heldAt);
    return waiting;
  }

  requeueHeld(heldBefore: number, peer: string | null): string[] {
    const isDue = ({ row, heldAt }: Entry): boolean =>
      heldAt !== null && heldAt < heldBefore && (peer === null || row.message.peer === peer);
    const due = this.entries.values().filter(isDue).sort(byAge);
    const ids = due.map(({ row }) => row.message.id);
    for (const id of ids) this.put(id, null);
    return ids;
  }

  waitingFor(peer: string, afterSeq: number, limit: number, onlyQueued: boolean): Waiting[] {
    const isWanted = ({ row, heldAt }: Entry): boolean =>
      row.message.peer === peer && row.message.seq > afterSeq && !(onlyQueued && heldAt !== null);
    return this.entries.values().filter(isWanted).sort(bySeq).slice(0, limit).map(waiting);
  }

  oldest(limit: number): Waiting[] {
    return this.entries.values().sort(byAge).slice(0, limit).map(waiting);
  }

  lastBefore(peer: string, seq: number): number {
    const before = this.waitingFor(peer, 0, Number.MAX_SAFE_INTEGER, false).filter(({ message }) => message.seq < seq);
    return before.at(-1)?.message.seq ?? 0;
  }

  counts(): Map<string, { queued: number; held: number }> {
    const counts = new Map<string, { queued: number; held: number }>();
    for (const { row, heldAt } of this.entries.values()) {
      const { queued, held } = counts.get(row.message.peer) ?? { queued: 0, held: 0 };
      counts.set(row.message.peer, heldAt === null ? { queued: queued + 1, held } : { queued, held: held + 1 });
    }
    return counts;
  }

  private put(id: string, heldAt: number | null): void {
    const entry = this.entries.get(id);
    if (!entry) return;
    this.entries.set(id, { ...entry, heldAt });
    this.messages.setState(id, heldAt === null ? 'queued' : 'held');
  }
}

function waiting({ row, heldAt }: Entry): Waiting {
  return { message: row.message, heldAt };
}

function byAge(a: Entry, b: Entry): number {
  return a.row.order - b.row.order;
}

function bySeq(a: Entry, b: Entry): number {
  return a.row.message.seq - b.row.message.seq || byAge(a, b);
}

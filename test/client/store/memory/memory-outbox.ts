// The outbox in memory: messages of mine that no peer has acknowledged yet.

import type { StoredMessage, Waiting } from '../../../../client/engine/core/store.js';
import type { MemoryMessages } from './memory-messages.js';
import type { MessageEntry } from './ordered-conversation.js';
import type { UndoLog } from '../../../../protocols/kit/undo/undo-log.js';
import { UndoMap } from '../../../../protocols/kit/undo/undo-map.js';

interface Waiter {
  readonly entry: MessageEntry;
  readonly heldAt: number | null;
}

export class MemoryOutbox {
  /** By message id. */
  private readonly entries: UndoMap<string, Waiter>;

  constructor(
    log: UndoLog,
    private readonly messages: MemoryMessages,
  ) {
    this.entries = new UndoMap(log);
  }

  add(message: StoredMessage): void {
    this.messages.addOwn(message);
    const entry = this.messages.entry(message.id);
    if (entry) this.entries.set(message.id, { entry, heldAt: null });
  }

  settle(id: string, state: 'delivered' | 'cancelled'): boolean {
    if (!this.entries.delete(id)) return false;
    this.messages.setState(id, state);
    return true;
  }

  drop(id: string): boolean {
    const entry = this.messages.entry(id);
    const isOver = entry?.message.state === 'cancelled' || entry?.message.state === 'remembered';
    const isUnsent = entry?.message.mine && (this.entries.has(id) || isOver);
    if (!entry || !isUnsent) return false;
    this.entries.delete(id);
    this.messages.remove(entry);
    return true;
  }

  markHeld(ids: readonly string[], heldAt: number): string[] {
    const waiting = ids.filter((id) => this.entries.has(id));
    for (const id of waiting) this.put(id, heldAt);
    return waiting;
  }

  requeueHeld(heldBefore: number, peer: string | null): string[] {
    const isDue = ({ entry, heldAt }: Waiter): boolean =>
      heldAt !== null && heldAt < heldBefore && (peer === null || entry.message.peer === peer);
    const due = this.entries.values().filter(isDue).sort(byAge);
    const ids = due.map(({ entry }) => entry.message.id);
    for (const id of ids) this.put(id, null);
    return ids;
  }

  waitingFor(peer: string, afterSeq: number, limit: number, onlyQueued: boolean): Waiting[] {
    const isWanted = ({ entry, heldAt }: Waiter): boolean =>
      entry.message.peer === peer && entry.message.seq > afterSeq && !(onlyQueued && heldAt !== null);
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
    for (const { entry, heldAt } of this.entries.values()) {
      const { queued, held } = counts.get(entry.message.peer) ?? { queued: 0, held: 0 };
      counts.set(entry.message.peer, heldAt === null ? { queued: queued + 1, held } : { queued, held: held + 1 });
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

function waiting({ entry, heldAt }: Waiter): Waiting {
  return { message: entry.message, heldAt };
}

function byAge(a: Waiter, b: Waiter): number {
  return a.entry.order - b.entry.order;
}

function bySeq(a: Waiter, b: Waiter): number {
  return a.entry.message.seq - b.entry.message.seq || byAge(a, b);
}

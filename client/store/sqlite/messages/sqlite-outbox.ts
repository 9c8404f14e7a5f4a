// The outbox on disk: a small table of its own, so that waiting messages are found without scanning old ones.

import type { Database, SqlValue, Statement } from '../../../../runtime/sqlite.js';
import type { StoredMessage, Waiting } from '../../../engine/core/store.js';
import { idText, type MessageIds } from './message-ids.js';
import { COLUMNS_OF_MESSAGES, messageOf, type MessageRow } from './message-rows.js';
import type { SqliteMessages } from './sqlite-messages.js';
import type { NameNumbers } from './name-numbers.js';

/** The outbox entry of a message, by its full key. */
const ENTRY = '(peer, seq, message) = (SELECT peer, seq, message FROM messages WHERE message = ?)';

interface Tables {
  readonly names: NameNumbers;
  readonly ids: MessageIds;
  readonly messages: SqliteMessages;
}

export class SqliteOutbox {
  private readonly insert: Statement<unknown>;
  private readonly remove: Statement<unknown>;
  private readonly hold: Statement<unknown>;

  constructor(
    private readonly database: Database,
    private readonly tables: Tables,
  ) {
    this.insert = database.prepare('INSERT INTO outbox (peer, seq, message) VALUES (?, ?, ?)');
    this.remove = database.prepare(`DELETE FROM outbox WHERE ${ENTRY}`);
    this.hold = database.prepare(`UPDATE outbox SET held_at = ? WHERE ${ENTRY}`);
  }

  add(message: StoredMessage): void {
    const row = this.tables.messages.addOwn(message);
    this.insert.run(this.tables.names.numberPeer(message.peer), message.seq, row);
  }

  settle(id: string, state: 'delivered' | 'cancelled'): boolean {
    const row = this.tables.ids.find(id);
    if (row === null || this.remove.run(row).changes === 0) return false;
    this.tables.messages.setStateAt(row, state);
    return true;
  }

  drop(id: string): boolean {
    const row = this.tables.ids.find(id);
    if (row === null) return false;
    const isWaiting = this.remove.run(row).changes > 0;
    const { mine, state } = this.tables.messages.at(row);
    if (!mine || !(isWaiting || state === 'cancelled' || state === 'remembered')) return false;
    this.tables.messages.remove(id, row);
    return true;
  }

  markHeld(ids: readonly string[], heldAt: number): string[] {
    return ids.filter((id) => {
      const row = this.tables.ids.find(id);
      if (row === null || this.hold.run(heldAt, row).changes === 0) return false;
      this.tables.messages.setStateAt(row, 'held');
      return true;
    });
  }

  requeueHeld(heldBefore: number, peer: string | null): string[] {
    const due = peer === null ? 'held_at < ?' : 'held_at < ? AND outbox.peer = ?';
    const values = peer === null ? [heldBefore] : [heldBefore, this.tables.names.peer(peer)];
    const held = this.database.prepare<{ message: number; id: Uint8Array }>(`
      SELECT message, id FROM outbox CROSS JOIN messages USING (message) WHERE ${due} ORDER BY message`);
    const requeued = held.all(...values);
    this.database.prepare(`UPDATE outbox SET held_at = NULL WHERE ${due}`).run(...values);
    for (const { message } of requeued) this.tables.messages.setStateAt(message, 'queued');
    return requeued.map(({ id }) => idText(id));
  }

  waitingFor(peer: string, afterSeq: number, limit: number, onlyQueued: boolean): Waiting[] {
    const queued = onlyQueued ? 'AND held_at IS NULL' : '';
    const condition = `WHERE outbox.peer = ? AND outbox.seq > ? ${queued} ORDER BY outbox.seq, outbox.message`;
    return this.select(condition, [this.tables.names.peer(peer), afterSeq, limit]);
  }

  oldest(limit: number): Waiting[] {
    return this.select('ORDER BY outbox.message', [limit]);
  }

  lastBefore(peer: string, seq: number): number {
    const last = this.database.prepare<{ seq: number | null }>(`
      SELECT max(seq) AS seq FROM outbox WHERE peer = ? AND seq < ?`);
    return last.get(this.tables.names.peer(peer), seq)?.seq ?? 0;
  }

  counts(): Map<string, { queued: number; held: number }> {
    const counts = this.database.prepare<{ peer: number; queued: number; held: number }>(`
      SELECT peer, count(*) - count(held_at) AS queued, count(held_at) AS held FROM outbox GROUP BY peer`);
    return new Map(counts.all().map(({ peer, queued, held }) => [this.tables.names.peerName(peer), { queued, held }]));
  }

  private select(condition: string, values: readonly SqlValue[]): Waiting[] {
    const waiting = this.database.prepare<MessageRow & { held_at: number | null }>(`
      SELECT ${COLUMNS_OF_MESSAGES}, held_at FROM outbox CROSS JOIN messages USING (message) ${condition} LIMIT ?`);
    return waiting.all(...values).map((row) => ({ message: messageOf(row, this.tables.names), heldAt: row.held_at }));
  }
}

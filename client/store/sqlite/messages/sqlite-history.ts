// What the user reads: pages of history, unread counts, read marks.

import type { Database, SqlValue } from '../../../../runtime/sqlite.js';
import type { StoredMessage } from '../../../engine/core/store.js';
import { CHAT, DELIVERED, READ, kindCode } from './message-codes.js';
import { idText } from './message-ids.js';
import { COLUMNS, messageOf, type MessageRow } from './message-rows.js';
import type { NameNumbers } from './name-numbers.js';

/** The conditions of the partial indexes. */
const IS_UNREAD = `mine = 0 AND state = ${DELIVERED} AND shown = 1`;
const IS_UNSEEN = `mine = 1 AND kind = ${CHAT} AND state = ${DELIVERED}`;

/** The indexes are named, because SQLite would choose to scan whole lanes. */
const UNREAD = 'messages INDEXED BY messages_unread';
const UNSEEN = 'messages INDEXED BY messages_unseen';

export class SqliteHistory {
  constructor(
    private readonly database: Database,
    private readonly names: NameNumbers,
  ) {}

  /** The newest visible messages of a conversation, the oldest first. */
  newest(peer: string, limit: number): StoredMessage[] {
    return this.page('peer = ?', [this.names.peer(peer), limit]);
  }

  /** The visible messages before a message of the same conversation, the oldest first. */
  before(message: StoredMessage, limit: number): StoredMessage[] {
    const { peer, device, lamport, seq, kind } = message;
    const key = [this.names.peer(peer), lamport, this.names.device(device), seq, kindCode(kind)];
    return this.page('peer = ? AND (lamport, device, seq, kind) < (?, ?, ?, ?)', [...key, limit]);
  }

  unreadCounts(): Map<string, number> {
    const counts = this.database.prepare<{ peer: number; unread: number }>(`
      SELECT peer, count(*) AS unread FROM ${UNREAD} WHERE ${IS_UNREAD} GROUP BY peer`);
    return new Map(counts.all().map(({ peer, unread }) => [this.names.peerName(peer), unread]));
  }

  markRead(peer: string): Map<string, number> {
    const number = this.names.peer(peer);
    const newest = this.database.prepare<{ device: number; seq: number }>(`
      SELECT device, max(seq) AS seq FROM ${UNREAD}
      WHERE ${IS_UNREAD} AND peer = ? AND kind = ${CHAT} GROUP BY device`);
    const marks = newest.all(number).map(({ device, seq }) => [this.names.deviceKey(device), seq] as const);
    this.database.prepare(`UPDATE ${UNREAD} SET state = ${READ} WHERE ${IS_UNREAD} AND peer = ?`).run(number);
    return new Map(marks);
  }

  markReadByPeer(peer: string, device: string, upTo: number): string[] {
    const lane = 'peer = ? AND device = ? AND seq <= ?';
    const values = [this.names.peer(peer), this.names.device(device), upTo];
    const seen = this.database.prepare<{ id: Uint8Array }>(`
      SELECT id FROM ${UNSEEN} WHERE ${IS_UNSEEN} AND ${lane} ORDER BY seq`);
    const ids = seen.all(...values).map(({ id }) => idText(id));
    if (ids.length > 0)
      this.database.prepare(`UPDATE ${UNSEEN} SET state = ${READ} WHERE ${IS_UNSEEN} AND ${lane}`).run(...values);
    return ids;
  }

  private page(condition: string, values: readonly SqlValue[]): StoredMessage[] {
    const page = this.database.prepare<MessageRow>(`
      SELECT ${COLUMNS} FROM messages WHERE ${condition} AND shown = 1
      ORDER BY lamport DESC, device DESC, seq DESC, kind DESC LIMIT ?`);
    const rows = page.all(...values).map((row) => messageOf(row, this.names));
    return rows.reverse();
  }
}

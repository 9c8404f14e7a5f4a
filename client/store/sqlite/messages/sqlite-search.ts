// Full-text search. Messages are indexed later and many at once, because indexing one costs more than storing it. A
// search indexes the rest first, so it misses no message.

import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Database, SqlValue } from '../../../../runtime/sqlite.js';
import type { SearchQuery, StoredMessage } from '../../../engine/core/store.js';
import { COLUMNS_OF_MESSAGES, messageOf, type MessageRow } from './message-rows.js';
import { symbolsOf, wordCondition, wordsOf } from './indexed-words.js';
import type { NameNumbers } from './name-numbers.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

const NOT_INDEXED = `message > (SELECT value FROM counters WHERE name = 'indexed')`;

/** Messages do not arrive in the order of their times, so a day only bounds the rows to look at. */
const EARLY = `at < ? AND message_index.rowid <= (SELECT max(message) FROM indexed_days WHERE day <= ?) AND`;

export class SqliteSearch {
  constructor(
    private readonly database: Database,
    private readonly names: NameNumbers,
  ) {}

  find(query: SearchQuery): StoredMessage[] {
    const expression = this.expression(query);
    if (expression === null) return [];
    while (this.indexSome());
    const early = query.before === null ? '' : EARLY;
    const found = this.database.prepare<MessageRow>(`
      SELECT ${COLUMNS_OF_MESSAGES} FROM message_index CROSS JOIN messages ON message = message_index.rowid
      WHERE ${early} message_index MATCH ? AND shown = 1 ORDER BY message_index.rowid DESC LIMIT ?`);
    const values = [...earlyValues(query), expression, query.limit];
    return found.all(...values).map((row) => messageOf(row, this.names));
  }

  /** Indexes the next messages. True if more may be left. */
  indexSome(): boolean {
    const last = this.database.prepare<{ message: number | null; count: number }>(`
      SELECT max(message) AS message, count(*) AS count
      FROM (SELECT message FROM messages WHERE ${NOT_INDEXED} ORDER BY message LIMIT ?)`);
    const { message = null, count = 0 } = last.get(LIMITS.messagesIndexedPerBatch) ?? {};
    if (message === null) return false;
    this.database.transaction(() => this.indexUpTo(message));
    return count === LIMITS.messagesIndexedPerBatch;
  }

  private indexUpTo(message: number): void {
    const next = this.database.prepare<{ message: number; text: string; tags: string }>(`
      SELECT message, text, tags FROM indexed_messages WHERE ${NOT_INDEXED} AND message <= ? ORDER BY message`);
    const add = this.database.prepare('INSERT INTO message_index (rowid, text, tags, symbols) VALUES (?, ?, ?, ?)');
    for (const { message: row, text, tags } of next.all(message)) add.run(row, wordsOf(text), tags, symbolsOf(text));
    const days = this.database.prepare(`
      INSERT INTO indexed_days (day, message)
      SELECT at / ${DAY_MS}, message FROM messages WHERE ${NOT_INDEXED} AND message <= ?
      ON CONFLICT (day) DO UPDATE SET message = max(message, excluded.message)`);
    days.run(message);
    this.database.prepare(`UPDATE counters SET value = ? WHERE name = 'indexed'`).run(message);
  }

  /**
   * Peer and author are words of the index too, so that a rare peer is found as fast as a rare word. Null if no message
   * can have one of the words.
   */
  private expression({ words, author, peer }: SearchQuery): string | null {
    const terms = words.map((word) => wordCondition(word)).filter((term) => term !== null);
    if (terms.length < words.length) return null;
    if (peer !== null) terms.push(this.ofPeer(peer));
    if (author?.type === 'me') terms.push('tags : mine');
    if (author?.type === 'user') terms.push(this.byUser(author));
    return terms.join(' AND ');
  }

  private ofPeer(peer: string): string {
    return `tags : p${this.names.peer(peer) ?? 'none'}`;
  }

  /** What the user wrote to me, or in a group. */
  private byUser({ name, key }: { readonly name: string; readonly key: string | null }): string {
    const ofKey = key === null ? '' : ` AND tags : key${hex(key)}`;
    const inGroup = `(tags : by${hex(name)}${ofKey} AND tags : theirs)`;
    return `((${this.ofPeer(name)} AND tags : theirs) OR ${inGroup})`;
  }
}

function hex(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex');
}

/** The values for `EARLY`. */
function earlyValues({ before }: SearchQuery): SqlValue[] {
  return before === null ? [] : [before, Math.floor(before / DAY_MS)];
}

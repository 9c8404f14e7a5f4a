// A read-only snapshot of a client's store. The client can go on writing meanwhile.

import { LIMITS } from '../../../protocols/kit/limits.js';
import { openSnapshot, type Database } from '../../../runtime/sqlite.js';
import type { GroupAuthor, Person, StoredMessage } from '../../engine/core/store.js';
import { COLUMNS_OF_MESSAGES, messageOf, type MessageRow } from './messages/message-rows.js';
import { NameNumbers } from './messages/name-numbers.js';
import { SqlitePeople } from './sqlite-people.js';

/** The position of a message in its conversation. */
type Position = readonly [lamport: number, device: number, seq: number, kind: number];

interface AuthorRow {
  readonly author: string | null;
  readonly author_key: string | null;
}

const START: Position = [-1, 0, 0, 0];

export class StoreSnapshot {
  private readonly snapshot: Database;
  private readonly names: NameNumbers;

  constructor(path: string) {
    this.snapshot = openSnapshot(path);
    this.names = new NameNumbers(this.snapshot);
  }

  people(): Person[] {
    return new SqlitePeople(this.snapshot).all();
  }

  /** The conversations: names of people, and `#` with the id of a group. */
  peers(): string[] {
    return this.snapshot
      .prepare<{ name: string }>('SELECT name FROM peers ORDER BY name')
      .all()
      .map(({ name }) => name);
  }

  /** The first log entry of a group; null for a conversation that is not a group's. */
  firstEntry(peer: string): string | null {
    const first = this.snapshot.prepare<{ payload: string }>(
      'SELECT payload FROM group_entries WHERE peer = ? AND place = 0',
    );
    return first.get(this.names.peer(peer))?.payload ?? null;
  }

  /** The visible messages of a conversation, the oldest first. `author`: null outside of groups. */
  *messages(peer: string): Generator<StoredMessage & { readonly author: GroupAuthor | null }> {
    const page = this.snapshot.prepare<MessageRow & AuthorRow>(`
      SELECT ${COLUMNS_OF_MESSAGES}, author, author_key FROM messages LEFT JOIN group_messages USING (message)
      WHERE peer = ? AND (lamport, device, seq, kind) > (?, ?, ?, ?) AND shown = 1
      ORDER BY lamport, device, seq, kind LIMIT ${LIMITS.archivePage}`);
    const next = (position: Position): (MessageRow & AuthorRow)[] => page.all(this.names.peer(peer), ...position);
    for (let rows = next(START); rows.length > 0; rows = next(positionOf(rows))) {
      for (const row of rows) yield { ...messageOf(row, this.names), author: authorOf(row) };
    }
  }

  /** The numbers of visible messages and of friends. */
  amounts(): { messages: number; friends: number } {
    const count = (sql: string): number => this.snapshot.prepare<{ count: number }>(sql).get()?.count ?? 0;
    return {
      messages: count('SELECT count(*) AS count FROM messages WHERE shown = 1'),
      friends: count(`SELECT count(*) AS count FROM people WHERE friendship = 'friend'`),
    };
  }

  close(): void {
    this.snapshot.close();
  }
}

function authorOf({ author, author_key: key }: AuthorRow): GroupAuthor | null {
  return author === null || key === null ? null : { name: author, key };
}

function positionOf(rows: readonly MessageRow[]): Position {
  const last = rows.at(-1);
  return last ? [last.lamport, last.device, last.seq, last.kind] : START;
}

// A client's store as it is at one moment, to be read from its beginning to its end while the client goes on.

import { LIMITS } from '../../../protocols/kit/limits.js';
import { openSnapshot, type Database } from '../../../runtime/sqlite.js';
import type { Person, StoredMessage } from '../../engine/core/store.js';
import { COLUMNS_OF_MESSAGES, messageOf, type MessageRow } from './messages/message-rows.js';
import { NameNumbers } from './messages/name-numbers.js';
import { SqlitePeople } from './sqlite-people.js';

/** Where a message stands in its conversation. */
type Place = readonly [lamport: number, device: number, seq: number, kind: number];

const BEGINNING: Place = [-1, 0, 0, 0];

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

  /** Everybody with whom something was said, and every group, by the names of their conversations. */
  peers(): string[] {
    return this.snapshot
      .prepare<{ name: string }>('SELECT name FROM peers ORDER BY name')
      .all()
      .map(({ name }) => name);
  }

  /** The first entry of the group whose conversation this is; null where it is none. */
  firstEntry(peer: string): string | null {
    const first = this.snapshot.prepare<{ payload: string }>(
      'SELECT payload FROM group_entries WHERE peer = ? AND place = 0',
    );
    return first.get(this.names.peer(peer))?.payload ?? null;
  }

  /** What is shown of a conversation, the oldest first. `author`: in a group. */
  *messages(peer: string): Generator<StoredMessage & { readonly author: string | null }> {
    const page = this.snapshot.prepare<MessageRow & { author: string | null }>(`
      SELECT ${COLUMNS_OF_MESSAGES}, author FROM messages LEFT JOIN group_messages USING (message)
      WHERE peer = ? AND (lamport, device, seq, kind) > (?, ?, ?, ?) AND shown = 1
      ORDER BY lamport, device, seq, kind LIMIT ${LIMITS.archivePage}`);
    const next = (place: Place): (MessageRow & { author: string | null })[] =>
      page.all(this.names.peer(peer), ...place);
    for (let rows = next(BEGINNING); rows.length > 0; rows = next(placeOf(rows))) {
      for (const row of rows) yield { ...messageOf(row, this.names), author: row.author };
    }
  }

  /** How much there is of what people care about. */
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

function placeOf(rows: readonly MessageRow[]): Place {
  const last = rows.at(-1);
  return last ? [last.lamport, last.device, last.seq, last.kind] : BEGINNING;
}

// Queued letters, and the ids of received letters, on disk.

import type { Database } from '../../../runtime/sqlite.js';
import type { LetterKind } from '../../../protocols/letters/messages.js';
import type { QueuedLetter } from '../../engine/core/store.js';

const SELECT = 'SELECT ref, recipient AS "to", kind, body, at FROM letters';

export class SqliteLetters {
  constructor(private readonly database: Database) {}

  add({ to, kind, body, at }: Omit<QueuedLetter, 'ref'>): void {
    this.database
      .prepare('INSERT INTO letters (recipient, kind, body, at) VALUES (?, ?, ?, ?)')
      .run(to, kind, body, at);
  }

  after(ref: number, limit: number): QueuedLetter[] {
    return this.database.prepare<QueuedLetter>(`${SELECT} WHERE ref > ? ORDER BY ref LIMIT ?`).all(ref, limit);
  }

  to(recipient: string, kind: LetterKind): QueuedLetter[] {
    const letters = this.database.prepare<QueuedLetter>(`${SELECT} WHERE recipient = ? AND kind = ? ORDER BY ref`);
    return letters.all(recipient, kind);
  }

  drop(ref: number): void {
    this.database.prepare('DELETE FROM letters WHERE ref = ?').run(ref);
  }

  /** Adds the id of a received letter; false if it is there already. */
  see(id: string, at: number): boolean {
    return this.database.prepare('INSERT OR IGNORE INTO letters_seen (id, at) VALUES (?, ?)').run(id, at).changes === 1;
  }

  forgetSeenBefore(at: number): void {
    this.database.prepare('DELETE FROM letters_seen WHERE at < ?').run(at);
  }
}

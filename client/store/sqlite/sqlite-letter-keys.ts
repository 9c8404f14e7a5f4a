// Our letter keys on disk. A deleted key is overwritten with zeros.

import type { Database } from '../../../runtime/sqlite.js';
import type { OwnLetterKey } from '../../engine/core/store.js';

const COLUMNS = 'key, secret, device, number, at, replaced_at AS replacedAt, days_old AS daysOld';

export class SqliteLetterKeys {
  constructor(private readonly database: Database) {}

  all(): OwnLetterKey[] {
    return this.database.prepare<OwnLetterKey>(`SELECT ${COLUMNS} FROM letter_keys ORDER BY device, number`).all();
  }

  get(key: string): OwnLetterKey | null {
    return this.database.prepare<OwnLetterKey>(`SELECT ${COLUMNS} FROM letter_keys WHERE key = ?`).get(key) ?? null;
  }

  put({ key, secret, device, number, at, replacedAt, daysOld }: OwnLetterKey): void {
    const row = this.database.prepare(`
      INSERT OR REPLACE INTO letter_keys (key, secret, device, number, at, replaced_at, days_old)
      VALUES (?, ?, ?, ?, ?, ?, ?)`);
    row.run(key, secret, device, number, at, replacedAt, daysOld);
  }

  drop(key: string): void {
    this.database.prepare('DELETE FROM letter_keys WHERE key = ?').run(key);
  }
}

// Our letter keys and one-time keys on disk. A deleted secret is overwritten with zeros.

import type { Database } from '../../../runtime/sqlite.js';
import type { OneTimeKeyStore, OwnLetterKey, OwnOneTimeKey } from '../../engine/core/store.js';

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

export class SqliteOneTimeKeys implements OneTimeKeyStore {
  constructor(private readonly database: Database) {}

  count(device: string, number: number): number {
    const sql = 'SELECT count(*) AS keys FROM one_time_keys WHERE device = ? AND number = ?';
    return this.database.prepare<{ keys: number }>(sql).get(device, number)?.keys ?? 0;
  }

  get(key: string): OwnOneTimeKey | null {
    const sql = 'SELECT key, secret, device, number, used_by AS usedBy FROM one_time_keys WHERE key = ?';
    return this.database.prepare<OwnOneTimeKey>(sql).get(key) ?? null;
  }

  put({ key, secret, device, number, usedBy }: OwnOneTimeKey): void {
    const sql = 'INSERT OR REPLACE INTO one_time_keys (key, secret, device, number, used_by) VALUES (?, ?, ?, ?, ?)';
    this.database.prepare(sql).run(key, secret, device, number, usedBy);
  }

  use(key: string, letter: string): void {
    this.database.prepare(`UPDATE one_time_keys SET secret = '', used_by = ? WHERE key = ?`).run(letter, key);
  }

  dropOf(device: string, number: number): void {
    this.database.prepare('DELETE FROM one_time_keys WHERE device = ? AND number = ?').run(device, number);
  }
}

// The keys that devices have offered, in the database of the name server.

import type { Signed } from '../../protocols/kit/signed.js';
import type { Database } from '../../runtime/sqlite.js';
import type { DeviceKeyStore, Mailbox, StoredLetterKey } from './registry-store.js';

export class SqliteKeyStore implements DeviceKeyStore {
  constructor(private readonly database: Database) {}

  letterKey({ name, device }: Mailbox): StoredLetterKey | null {
    const sql = 'SELECT number, payload, signature FROM letter_keys WHERE name = ? AND device = ?';
    const row = this.database.prepare<Signed & { number: number }>(sql).get(name, device);
    if (row === undefined) return null;
    const { number, ...signed } = row;
    return { number, signed };
  }

  putLetterKey({ name, device }: Mailbox, { number, signed: { payload, signature } }: StoredLetterKey): void {
    const sql = 'INSERT OR REPLACE INTO letter_keys (name, device, number, payload, signature) VALUES (?, ?, ?, ?, ?)';
    this.database.prepare(sql).run(name, device, number, payload, signature);
    this.database.prepare('DELETE FROM one_time_keys WHERE name = ? AND device = ?').run(name, device);
  }

  oneTimeKeys({ name, device }: Mailbox): number {
    const sql = 'SELECT count(*) AS keys FROM one_time_keys WHERE name = ? AND device = ?';
    return this.database.prepare<{ keys: number }>(sql).get(name, device)?.keys ?? 0;
  }

  addOneTimeKey({ name, device }: Mailbox, { payload, signature }: Signed): void {
    const sql = 'INSERT INTO one_time_keys (name, device, payload, signature) VALUES (?, ?, ?, ?)';
    this.database.prepare(sql).run(name, device, payload, signature);
  }

  takeOneTimeKey({ name, device }: Mailbox): Signed | null {
    const sql =
      'SELECT place, payload, signature FROM one_time_keys WHERE name = ? AND device = ? ORDER BY place LIMIT 1';
    const row = this.database.prepare<Signed & { place: number }>(sql).get(name, device);
    if (row === undefined) return null;
    this.database.prepare('DELETE FROM one_time_keys WHERE place = ?').run(row.place);
    return { payload: row.payload, signature: row.signature };
  }

  /** `device`: null for all devices of the name. */
  forget(name: string, device: string | null): void {
    for (const table of ['letter_keys', 'one_time_keys']) {
      const sql = `DELETE FROM ${table} WHERE name = ? AND (device = ? OR ? IS NULL)`;
      this.database.prepare(sql).run(name, device, device);
    }
  }
}

// The registry store in one SQLite file. A transaction is durable when it returns (WAL, synchronous FULL).

import type { Instant } from '../../protocols/kit/machine.js';
import type { Signed } from '../../protocols/kit/signed.js';
import { openDatabase, type Database, type Synchronous } from '../../runtime/sqlite.js';
import { REGISTRY_MIGRATIONS } from './migrations.js';
import type {
  Mailbox,
  RegistryStore,
  StoredDevice,
  StoredGroup,
  StoredLetter,
  StoredServingTime,
  StoredUser,
} from './registry-store.js';
import { SqliteKeyStore } from './sqlite-key-store.js';

interface UserRow {
  payload: string;
  signature: string;
  storedAt: number;
  revision: number;
  lastSeen: number | null;
}

interface DeviceRow {
  device: string;
  boot: number;
  retired_at: number | null;
  proof_payload: string | null;
  proof_signature: string | null;
}

/** A user with no session so far: a device in a session has a boot number above 0. */
const HAS_SESSION = 'SELECT 1 FROM devices WHERE devices.name = users.name AND boot > 0';
const NEVER_SEEN = `last_seen IS NULL AND NOT EXISTS (${HAS_SESSION})`;

export class SqliteRegistryStore implements RegistryStore {
  private readonly database: Database;
  readonly keys: SqliteKeyStore;

  /** `path`: a file, created if missing, or `:memory:`. */
  constructor(path: string) {
    this.database = openDatabase(path, { migrations: REGISTRY_MIGRATIONS, synchronous: 'FULL' });
    this.keys = new SqliteKeyStore(this.database);
  }

  transaction<T>(work: (() => T) & Synchronous<T>): T {
    return this.database.transaction(work);
  }

  hasUsers(): boolean {
    return this.database.prepare('SELECT 1 FROM users LIMIT 1').get() !== undefined;
  }

  user(name: string): StoredUser | null {
    const row = this.database
      .prepare<UserRow>(
        `SELECT payload, signature, held_at AS storedAt, revision, last_seen AS lastSeen FROM users WHERE name = ?`,
      )
      .get(name);
    if (row === undefined) return null;
    const { payload, signature, ...rest } = row;
    return { signed: { payload, signature }, ...rest };
  }

  createUser(name: string, signed: Signed, storedAt: Instant): boolean {
    const made = this.database
      .prepare(
        `INSERT INTO users (name, payload, signature, held_at, revision) VALUES (?, ?, ?, ?, 1) ON CONFLICT DO NOTHING`,
      )
      .run(name, signed.payload, signed.signature, storedAt);
    return made.changes === 1;
  }

  putUser(name: string, user: { signed: Signed; storedAt: Instant }, revision: number): boolean {
    const { signed, storedAt } = user;
    const put = this.database
      .prepare(
        `UPDATE users SET payload = ?, signature = ?, held_at = ?, revision = revision + 1 WHERE name = ? AND revision = ?`,
      )
      .run(signed.payload, signed.signature, storedAt, name, revision);
    return put.changes === 1;
  }

  putLastSeen(name: string, at: Instant): void {
    this.database.prepare(`UPDATE users SET last_seen = ? WHERE name = ?`).run(at, name);
  }

  unseenUsers(storedBefore: Instant, limit: number): string[] {
    const sql = `SELECT name FROM users WHERE ${NEVER_SEEN} AND held_at < ? ORDER BY held_at LIMIT ?`;
    return this.database
      .prepare<{ name: string }>(sql)
      .all(storedBefore, limit)
      .map(({ name }) => name);
  }

  oldestUnseen(): Instant | null {
    const sql = `SELECT held_at AS at FROM users WHERE ${NEVER_SEEN} ORDER BY held_at LIMIT 1`;
    return this.database.prepare<{ at: number }>(sql).get()?.at ?? null;
  }

  removeUser(name: string): void {
    this.forget(name);
    this.database.prepare('DELETE FROM users WHERE name = ?').run(name);
  }

  devices(name: string): StoredDevice[] {
    return this.database
      .prepare<DeviceRow>(`SELECT * FROM devices WHERE name = ? ORDER BY rowid`)
      .all(name)
      .map(({ device, boot, retired_at: retiredAt, proof_payload: payload, proof_signature: signature }) => {
        return {
          device,
          boot,
          retiredAt,
          proof: payload === null || signature === null ? null : { payload, signature },
        };
      });
  }

  putDevice(name: string, { device, boot, retiredAt, proof }: StoredDevice): void {
    this.database
      .prepare(
        `INSERT INTO devices (name, device, boot, retired_at, proof_payload, proof_signature) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (name, device) DO UPDATE SET boot = excluded.boot, retired_at = excluded.retired_at,
           proof_payload = excluded.proof_payload, proof_signature = excluded.proof_signature`,
      )
      .run(name, device, boot, retiredAt, proof?.payload ?? null, proof?.signature ?? null);
  }

  removeDevice(name: string, device: string): void {
    this.database.prepare(`DELETE FROM devices WHERE name = ? AND device = ?`).run(name, device);
    this.keys.forget(name, device);
  }

  addLetter(letter: Omit<StoredLetter, 'arrival'>): void {
    const { id, name, device, from, at, expiresAt, body } = letter;
    this.database
      .prepare(
        `INSERT INTO letters (id, name, device, sender, at, expires_at, bytes, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(id, name, device, from, at, expiresAt, body.length, body);
  }

  lettersAfter(mailbox: Mailbox, arrival: number, limit: number): StoredLetter[] {
    return this.database
      .prepare<StoredLetter>(
        `SELECT arrival, id, name, device, sender AS "from", at, expires_at AS expiresAt, body FROM letters
         WHERE name = ? AND device = ? AND arrival > ? ORDER BY arrival LIMIT ?`,
      )
      .all(mailbox.name, mailbox.device, arrival, limit);
  }

  removeLetter(arrival: number): void {
    this.database.prepare(`DELETE FROM letters WHERE arrival = ?`).run(arrival);
  }

  moveLetters(from: Mailbox, device: string): void {
    this.database
      .prepare(`UPDATE letters SET device = ? WHERE name = ? AND device = ?`)
      .run(device, from.name, from.device);
  }

  waitingFor(name: string): { letters: number; bytes: number } {
    return this.count(`name = ?`, name);
  }

  waitingFromStrangers(name: string): { letters: number; bytes: number } {
    const isStranger = `sender NOT IN (SELECT name FROM correspondents WHERE sender = ?)`;
    return this.count(`name = ? AND sender <> ? AND ${isStranger}`, name, name, name);
  }

  waitingFrom(from: string, name: string): number {
    const row = this.database
      .prepare<{ letters: number }>(`SELECT count(*) AS letters FROM letters WHERE name = ? AND sender = ?`)
      .get(name, from);
    return row?.letters ?? 0;
  }

  removeLettersExpired(now: Instant): void {
    this.database.prepare(`DELETE FROM letters WHERE expires_at <= ?`).run(now);
  }

  nextExpiry(): Instant | null {
    const row = this.database.prepare<{ at: number | null }>(`SELECT min(expires_at) AS at FROM letters`).get();
    return row?.at ?? null;
  }

  addCorrespondent(from: string, name: string, most: number): void {
    const added = this.database
      .prepare(`INSERT INTO correspondents (sender, name) VALUES (?, ?) ON CONFLICT DO NOTHING`)
      .run(from, name);
    if (added.changes === 0) return;
    this.database
      .prepare(
        `DELETE FROM correspondents WHERE sender = ? AND number <=
         (SELECT number FROM correspondents WHERE sender = ? ORDER BY number DESC LIMIT 1 OFFSET ?)`,
      )
      .run(from, from, most);
  }

  isCorrespondent(from: string, name: string): boolean {
    const row = this.database.prepare(`SELECT 1 FROM correspondents WHERE sender = ? AND name = ?`).get(from, name);
    return row !== undefined;
  }

  group(name: string): StoredGroup | null {
    const sql = 'SELECT founder, held_at AS storedAt, state FROM groups WHERE name = ?';
    return this.database.prepare<StoredGroup>(sql).get(name) ?? null;
  }

  putGroup(name: string, { founder, storedAt: storedAt, state }: StoredGroup): void {
    this.database
      .prepare('INSERT OR REPLACE INTO groups (name, founder, held_at, state) VALUES (?, ?, ?, ?)')
      .run(name, founder, storedAt, state);
  }

  groupsAfter(name: string, limit: number): StoredGroup[] {
    const sql = 'SELECT founder, held_at AS storedAt, state FROM groups WHERE name > ? ORDER BY name LIMIT ?';
    return this.database.prepare<StoredGroup>(sql).all(name, limit);
  }

  groupsFoundedBy(founder: string): number {
    const sql = 'SELECT count(*) AS groups FROM groups WHERE founder = ?';
    return this.database.prepare<{ groups: number }>(sql).get(founder)?.groups ?? 0;
  }

  groupEntries(name: string): Signed[] {
    const sql = 'SELECT payload, signature FROM group_entries WHERE name = ? ORDER BY place';
    return this.database.prepare<Signed>(sql).all(name);
  }

  groupEntry(name: string, index: number): Signed | null {
    const sql = 'SELECT payload, signature FROM group_entries WHERE name = ? AND place = ?';
    return this.database.prepare<Signed>(sql).get(name, index) ?? null;
  }

  putGroupEntry(name: string, index: number, { payload, signature }: Signed): void {
    this.database
      .prepare('INSERT OR REPLACE INTO group_entries (name, place, payload, signature) VALUES (?, ?, ?, ?)')
      .run(name, index, payload, signature);
  }

  dropGroupEntriesFrom(name: string, index: number): void {
    this.database.prepare('DELETE FROM group_entries WHERE name = ? AND place >= ?').run(name, index);
  }

  forget(name: string): void {
    this.database.prepare(`DELETE FROM devices WHERE name = ?`).run(name);
    this.keys.forget(name, null);
    this.database.prepare(`DELETE FROM letters WHERE name = ?`).run(name);
    this.database.prepare(`DELETE FROM correspondents WHERE sender = ? OR name = ?`).run(name, name);
  }

  servingTime(): StoredServingTime | null {
    return this.database.prepare<StoredServingTime>('SELECT counted, at FROM serving_time').get() ?? null;
  }

  putServingTime({ counted, at }: StoredServingTime): void {
    this.database.prepare('INSERT OR REPLACE INTO serving_time (only, counted, at) VALUES (1, ?, ?)').run(counted, at);
  }

  usedBytes(): number {
    return this.database.usedBytes();
  }

  close(): void {
    this.database.close();
  }

  private count(which: string, ...values: string[]): { letters: number; bytes: number } {
    const row = this.database
      .prepare<{
        letters: number;
        bytes: number;
      }>(`SELECT count(*) AS letters, coalesce(sum(bytes), 0) AS bytes FROM letters WHERE ${which}`)
      .get(...values);
    return row ?? { letters: 0, bytes: 0 };
  }
}

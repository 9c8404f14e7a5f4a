// The people the client knows, one row each.

import type { Database, SqlValue } from '../../../runtime/sqlite.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { Friendship } from '../../../protocols/friends/friendship.js';
import type { Person } from '../../engine/core/store.js';
import type { Endpoint } from '../../engine/core/endpoint.js';

interface PersonRow {
  readonly name: string;
  readonly pinned_key: string | null;
  readonly record_payload: string | null;
  readonly record_signature: string | null;
  readonly friendship: Friendship;
  readonly epoch: number;
  readonly note: string;
  readonly blocked: number;
  readonly verified: number;
  readonly claimed_payload: string | null;
  readonly claimed_signature: string | null;
  /** JSON text. */
  readonly endpoints: string;
}

export class SqlitePeople {
  constructor(private readonly database: Database) {}

  all(): Person[] {
    return this.database.prepare<PersonRow>('SELECT * FROM people ORDER BY name').all().map(personOf);
  }

  put(person: Person): void {
    const row = this.database.prepare(`
      INSERT OR REPLACE INTO people (name, pinned_key, record_payload, record_signature, friendship, epoch, note,
        blocked, verified, claimed_payload, claimed_signature, endpoints) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    row.run(...rowValues(person));
  }

  drop(name: string): void {
    this.database.prepare('DELETE FROM people WHERE name = ?').run(name);
  }
}

function rowValues(person: Person): SqlValue[] {
  return [
    person.name,
    person.pinned?.key ?? null,
    person.pinned?.record.payload ?? null,
    person.pinned?.record.signature ?? null,
    person.friendship,
    person.epoch,
    person.note,
    Number(person.blocked),
    Number(person.verified),
    person.claimed?.payload ?? null,
    person.claimed?.signature ?? null,
    JSON.stringify(person.endpoints),
  ];
}

function personOf(row: PersonRow): Person {
  const record = signedOf(row.record_payload, row.record_signature);
  return {
    name: row.name,
    pinned: row.pinned_key === null || record === null ? null : { key: row.pinned_key, record },
    friendship: row.friendship,
    epoch: row.epoch,
    note: row.note,
    blocked: row.blocked === 1,
    verified: row.verified === 1,
    claimed: signedOf(row.claimed_payload, row.claimed_signature),
    endpoints: JSON.parse(row.endpoints) as Endpoint[],
  };
}

function signedOf(payload: string | null, signature: string | null): Signed | null {
  return payload === null || signature === null ? null : { payload, signature };
}

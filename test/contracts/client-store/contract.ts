// Runs one test on every implementation of the client's store.

import { test } from 'node:test';
import type { TransactionalStore } from '../../../client/engine/core/store.js';
import { MemoryStore } from '../../client/store/memory/memory-store.js';
import { MIGRATIONS } from '../../../client/store/sqlite/schema.js';
import { SqliteStore } from '../../../client/store/sqlite/sqlite-store.js';
import { openDatabase } from '../../../runtime/sqlite.js';

/** SQLite in memory. With short runs, ids move to the table during a test. */
export function smallSqliteStore(idsPerRun: number): SqliteStore {
  return new SqliteStore(openDatabase(':memory:', { migrations: MIGRATIONS }), idsPerRun);
}

const STORES: Record<string, () => TransactionalStore> = {
  memory: () => new MemoryStore(),
  sqlite: () => smallSqliteStore(16_384),
  'sqlite with short runs': () => smallSqliteStore(2),
};

export function contract(promise: string, check: (store: TransactionalStore) => void): void {
  for (const [name, open] of Object.entries(STORES)) {
    test(`${promise} (${name})`, () => {
      const store = open();
      check(store);
      store.close();
    });
  }
}

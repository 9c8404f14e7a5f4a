// Runs the contract of registry stores on each implementation, and tests that the SQLite store is durable.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MemoryRegistryStore } from '../../nameserver/store/memory-registry-store.js';
import { SqliteRegistryStore } from '../../nameserver/store/sqlite-registry-store.js';
import { testRegistryStore } from './registry-store-contract.js';

testRegistryStore('memory', () => new MemoryRegistryStore());
testRegistryStore('sqlite', () => new SqliteRegistryStore(':memory:'));

test('sqlite store: committed data is there after the file is opened again', () => {
  const directory = mkdtempSync(join(tmpdir(), 'kith-registry-'));
  const path = join(directory, 'nameserver.db');
  const first = new SqliteRegistryStore(path);
  first.transaction(() => first.createUser('alice', { payload: 'p', signature: 's' }, 5));
  first.close();
  const second = new SqliteRegistryStore(path);
  assert.equal(second.user('alice')?.storedAt, 5);
  second.close();
  rmSync(directory, { recursive: true });
});

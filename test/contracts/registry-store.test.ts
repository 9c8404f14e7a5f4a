// The contract of registry stores, run on each of them; and that the one on disk outlives its process.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MemoryStore } from '../../nameserver/store/memory-store.js';
import { SqliteStore } from '../../nameserver/store/sqlite-store.js';
import { testRegistryStore } from './registry-store-contract.js';

testRegistryStore('memory', () => new MemoryStore());
testRegistryStore('sqlite', () => new SqliteStore(':memory:'));

test('sqlite store: what was committed is there when the file is opened again', () => {
  const directory = mkdtempSync(join(tmpdir(), 'kith-registry-'));
  const path = join(directory, 'nameserver.db');
  const first = new SqliteStore(path);
  first.transaction(() => first.createUser('alice', { payload: 'p', signature: 's' }, 5));
  first.close();
  const second = new SqliteStore(path);
  assert.equal(second.user('alice')?.heldAt, 5);
  second.close();
  rmSync(directory, { recursive: true });
});

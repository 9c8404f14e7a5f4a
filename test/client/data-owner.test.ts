// A data directory belongs to the user who used it first.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertOwner } from '../../client/data-owner.js';
import { MemoryStore } from './store/memory/memory-store.js';

function used(name: string): MemoryStore {
  const store = new MemoryStore();
  const key = 'A'.repeat(43);
  const device = { device: key, exchange: key, since: 0, proof: 'A'.repeat(86) };
  const payload = JSON.stringify({ name, version: 1, key, devices: [device], previous: null, at: 0 });
  store.putSetting('record', JSON.stringify({ payload, signature: 'A'.repeat(86) }));
  return store;
}

test('a directory belongs to the user who used it first', () => {
  assertOwner(new MemoryStore(), { data: 'data/x', user: 'zed' });
  assertOwner(used('zed'), { data: 'data/x', user: 'zed' });
  assert.throws(() => assertOwner(used('zed'), { data: 'data/x', user: 'other' }), {
    message: 'data/x belongs to zed. Start with --user zed, or choose another directory with --data.',
  });
});

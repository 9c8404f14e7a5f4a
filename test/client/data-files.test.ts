// A data directory belongs to the user who used it first.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertOwner, assertOwnKeys } from '../../client/data-files.js';
import { openIdentity } from '../../runtime/disk/identity-file.js';
import { temporaryDirectory } from '../runtime/disk/temporary.js';
import { MemoryStore } from './store/memory/memory-store.js';

function used(name: string, key = 'A'.repeat(43)): MemoryStore {
  const store = new MemoryStore();
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

test('[CTRL-34] keys that are not those of the messages beside them are damage', (context) => {
  const data = temporaryDirectory(context);
  const { identity } = openIdentity(data);
  assertOwnKeys(new MemoryStore(), { data });
  assertOwnKeys(used('zed', identity.publicKey), { data });
  assert.throws(() => assertOwnKeys(used('zed'), { data }), /identity\.json has other keys/);
});

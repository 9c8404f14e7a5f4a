// The file of boot and peers: boots rise whatever happens to the file, and a damaged file is reported.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PeerStore } from '../../../channels/peers/peer-store.js';
import { OperationalError } from '../../../runtime/operational-error.js';
import { temporaryDirectory } from '../../nameserver/test-server.js';

const PEER = { host: 'kith.example', port: 12_400, key: null, isManual: true };

test('[RELAY-4] the boot rises at each start, even if the clock was set back or an old copy was restored', (t) => {
  const data = temporaryDirectory(t);
  const first = PeerStore.open(data, 1_000);
  const copy = readFileSync(join(data, 'channels.json'));
  const second = PeerStore.open(data, 10);
  assert.deepEqual([first.boot, second.boot], [1_000, 1_001]);
  writeFileSync(join(data, 'channels.json'), copy);
  assert.ok(PeerStore.open(data, 5_000).boot > second.boot);
});

test('[RELAY-14] a boot that has risen while the server ran is on disk, and the next start is above it', (t) => {
  const data = temporaryDirectory(t);
  const store = PeerStore.open(data, 10);
  store.save([PEER]);
  store.raiseBoot(500);
  const next = PeerStore.open(data, 10);
  assert.deepEqual([store.boot, next.boot, next.peers], [500, 501, [PEER]]);
});

test('[RELAY-13] saved peers are used after a restart', (t) => {
  const data = temporaryDirectory(t);
  PeerStore.open(data, 1).save([PEER]);
  assert.deepEqual(PeerStore.open(data, 2).peers, [PEER]);
});

test('the error names a damaged file, and the file is not overwritten', (t) => {
  const data = temporaryDirectory(t);
  for (const text of ['{', '{"boot":0,"peers":[]}', '{"boot":1,"peers":[{"host":""}]}']) {
    writeFileSync(join(data, 'channels.json'), text);
    assert.throws(
      () => PeerStore.open(data, 1),
      (error) => error instanceof OperationalError && /damaged/.test(error.message),
    );
    assert.equal(readFileSync(join(data, 'channels.json'), 'utf8'), text);
  }
});

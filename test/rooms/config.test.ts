// Configuration of chatserver: flags and file are validated, and all problems are reported together.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readChatServerConfig, type ChatServerFlags } from '../../rooms/chatserver/config.js';
import { temporaryDirectory } from '../runtime/disk/temporary.js';

function folder(context: TestContext) {
  const path = temporaryDirectory(context);
  const file = (name: string, text: string) => (writeFileSync(join(path, name), text), join(path, name));
  return { file, servers: file('servers.conf', '127.0.0.1:5001\n127.0.0.1:5002\n') };
}

const read = (path: string, index: string, flags: ChatServerFlags = {}) =>
  readChatServerConfig([path, index], flags, {});

test('flags and file give the index, the order, the number of rooms and the data directory', (context) => {
  const { servers } = folder(context);
  const outcome = read(servers, '2');
  assert.ok('config' in outcome);
  const { index, order, rooms, data, key, metricsPort } = outcome.config;
  assert.deepEqual(
    { index, order, rooms, key, metricsPort },
    { index: 1, order: 'unordered', rooms: 10, key: null, metricsPort: null },
  );
  assert.match(data, /^data\/rooms\/[0-9a-f]+-2$/);
});

test('servers with a different order or number of rooms are another cluster', (context) => {
  const { servers } = folder(context);
  const clusters = [{}, { order: 'total' }, { rooms: '20' }, { order: 'unordered', rooms: '10' }].map((flags) => {
    const outcome = read(servers, '1', flags);
    return 'config' in outcome ? outcome.config.cluster : null;
  });
  assert.equal(new Set(clusters).size, 3);
  assert.equal(clusters[0], clusters[3]);
});

test('all problems are reported together', (context) => {
  const { servers, file } = folder(context);
  const short = file('key', 'short\n');
  const outcome = read(servers, '3', {
    order: 'causal',
    rooms: '9',
    suspectMs: '1',
    metricsPort: 'x',
    clusterKeyFile: short,
  });
  assert.ok('problems' in outcome);
  const named = ['The index', '--rooms', '--suspect-ms', '--metrics-port', '-o must'];
  for (const each of named)
    assert.ok(
      outcome.problems.some((problem) => problem.startsWith(each)),
      each,
    );
  assert.equal(outcome.problems.length, 6);
});

test('the same secret gives the same key, with or without a line end', (context) => {
  const { servers, file } = folder(context);
  const [one, two] = ['a secret of the cluster\n', 'a secret of the cluster'].map((text, nth) => {
    const outcome = read(servers, '1', { clusterKeyFile: file(`key${nth}`, text) });
    return 'config' in outcome ? outcome.config.key : null;
  });
  assert.equal(one?.length, 32);
  assert.deepEqual(one, two);
});

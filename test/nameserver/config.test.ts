// Tests the configuration of the name server: defaults, and all problems at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../protocols/kit/limits.js';
import { readConfig } from '../../nameserver/config.js';

test('without flags the documented defaults apply', () => {
  assert.deepEqual(readConfig({}, {}), {
    host: '0.0.0.0',
    port: 12_345,
    data: 'data/nameserver',
    inviteCode: null,
    listsOnlineUsers: true,
    store: 'sqlite',
    heldMs: LIMITS.heldMs,
    heldBytes: LIMITS.heldBytesPerRecipient,
    trustProxy: false,
    publicOrigins: [],
    tls: null,
    stopsWhenIdle: false,
    requestsPerMinute: LIMITS.restRequestsPerMinute,
    metricsPort: null,
    sendsHsts: false,
    space: { diskReserveBytes: LIMITS.diskReserveBytes, databaseBytesMax: LIMITS.databaseBytesMax },
    channels: {
      transports: ['ws'],
      tcpPort: 12_346,
      peerPort: null,
      peerHost: null,
      peers: [],
      isDiscoveryEnabled: true,
    },
  });
});

test('KITH_DATA changes the parent of the data directory, --data the directory itself', () => {
  const dataOf = (flags: Record<string, string>, place: string) => {
    const config = readConfig(flags, { KITH_DATA: place });
    return 'data' in config ? config.data : '';
  };
  assert.deepEqual([dataOf({}, 'elsewhere'), dataOf({ data: 'here' }, 'elsewhere')], ['elsewhere/nameserver', 'here']);
  assert.equal(dataOf({}, ''), 'data/nameserver');
});

test('a number flag accepts whole numbers in its range only', () => {
  for (const port of ['', ' ', '0x10', '1e3', '-1', '65536']) assert.ok('problems' in readConfig({ port }, {}), port);
  assert.ok('port' in readConfig({ port: '65535' }, {}));
});

test('all problems are reported, not only the first', () => {
  const config = readConfig({ port: '70000', store: 'paper', holdDays: '1.5', inviteCode: 'sesame' }, {});
  assert.ok('problems' in config);
  const words = ['--store', '--port', '--invite-code', '--hold-days'];
  assert.deepEqual(
    config.problems.map((problem) => problem.split(' ')[0]),
    words,
  );
});

test('public origins are read as a list, and a wrong one is a problem', () => {
  const config = readConfig({ publicOrigin: ['https://Kith.example/', 'http://kith.local:8080'] }, {});
  assert.ok(!('problems' in config));
  assert.deepEqual(config.publicOrigins, ['https://kith.example', 'http://kith.local:8080']);
  const wrong = readConfig({ publicOrigin: ['kith.example'] }, {});
  assert.ok('problems' in wrong);
  assert.deepEqual(wrong.problems, ['--public-origin must be like https://kith.example, not "kith.example".']);
});

// The flags of p2p-client: defaults, values, and all problems at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAddress, readConfig, type ClientFlags } from '../../client/config.js';

const ALICE: ClientFlags = { address: '127.0.0.1:12345', user: 'Alice' };

function config(flags: ClientFlags = {}, env: Record<string, string> = {}) {
  const outcome = readConfig({ ...ALICE, ...flags }, env);
  assert.ok('config' in outcome);
  return outcome.config;
}

test('defaults, frozen', () => {
  assert.deepEqual(config(), {
    server: 'http://127.0.0.1:12345',
    user: 'alice',
    data: 'data/alice',
    host: '0.0.0.0',
    port: 0,
    json: false,
    plain: false,
    lines: [],
    inviteCode: null,
    linkWaitMs: 10_000,
    readReceipts: true,
    groupSilenceMs: 600_000,
    friendBytesPerDay: 64 * 2 ** 20,
  });
  assert.ok(Object.isFrozen(config()));
});

test('every flag arrives', () => {
  const flags = { port: '4000', json: true, command: ['who'], linkWait: '2', friendMibPerDay: '8' };
  const { port, json, lines, linkWaitMs, friendBytesPerDay } = config(flags);
  assert.deepEqual([port, json, lines, linkWaitMs, friendBytesPerDay], [4_000, true, ['who'], 2_000, 8 * 2 ** 20]);
});

test('KITH_DATA stands for data, and --data for the directory itself', () => {
  assert.equal(config({}, { KITH_DATA: 'elsewhere' }).data, 'elsewhere/alice');
  assert.equal(config({ data: 'here' }, { KITH_DATA: 'elsewhere' }).data, 'here');
});

test('an address becomes an origin, or is refused', () => {
  const table: [typed: string, origin: string | null][] = [
    ['localhost:12345', 'http://localhost:12345'],
    ['[::1]:12345', 'http://[::1]:12345'],
    ['http://kith.example:81', 'http://kith.example:81'],
    ['https://kith.example/', 'https://kith.example'],
    ['HTTPS://Kith.example', 'https://kith.example'],
    ['localhost', null],
    ['::1:12345', null],
    ['localhost:0', null],
    ['localhost:70000', null],
    ['999.999.999.999:80', null],
    ['ftp://kith.example', null],
    ['http://a:b@kith.example', null],
    ['http://kith.example/path', null],
    ['', null],
  ];
  for (const [typed, origin] of table) {
    const checked = readAddress(typed);
    assert.equal('value' in checked ? checked.value : null, origin, typed);
  }
});

test('all problems are reported at once', () => {
  const outcome = readConfig({ address: 'nowhere', user: 'nameserver', data: ' ', port: '70000', linkWait: 'x' }, {});
  assert.ok('problems' in outcome);
  assert.deepEqual(
    outcome.problems.map(({ flag }) => flag),
    ['user', 'address', 'data', 'port', 'linkWait'],
  );
});

test('the invite code comes from the environment, and not from the command line', () => {
  assert.equal(config({}, { KITH_INVITE_CODE: 'open sesame!' }).inviteCode, 'open sesame!');
  assert.equal(config({}, { KITH_INVITE_CODE: '' }).inviteCode, null);
  const outcome = readConfig({ ...ALICE, inviteCode: 'sesame' }, {});
  assert.ok('problems' in outcome);
  assert.match(outcome.problems[0]?.text ?? '', /--invite-code would show .* type --invite-code-file FILE/);
});

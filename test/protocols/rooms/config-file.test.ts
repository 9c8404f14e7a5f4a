// The configuration file of a cluster: valid files, and the reports about invalid ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalHost } from '../../../protocols/kit/bounds/ip-address.js';
import { clusterIdentity, parseConfigFile } from '../../../protocols/rooms/config-file.js';

const at = (port: number, host = '127.0.0.1') => ({ host, port });

test('[ROOM-13] a configuration has forward[,bind] on each line, and comments', () => {
  const text =
    '# a cluster\n127.0.0.1:5000\n\n 127.0.0.1:8001 , 127.0.0.1:5001 # behind a proxy\r\n[::1]:5002,chat.example:5003';
  assert.deepEqual(parseConfigFile(text), {
    servers: [
      { forward: at(5000), bind: at(5000) },
      { forward: at(8001), bind: at(5001) },
      { forward: at(5002, '::1'), bind: at(5003, 'chat.example') },
    ],
  });
});

test('[ROOM-13] each problem is reported with its line', () => {
  const wrong: Record<string, RegExp> = {
    '': /^line 1: there is no server/,
    '127.0.0.1:1\n,': /^line 2: "" is not an address/,
    host: /not an address/,
    'a:0': /port 0/,
    'a:65536': /port 65536/,
    'a:99999999999': /not an address/,
    '1.2.3:5': /not an IP address/,
    '1.2.3.256:5': /not an IP address/,
    'a:1,b:2,c:3': /more than two/,
    'a:1\na:1': /^line 2: an address is already used by server 1/,
    'a:1,': /"" is not an address/,
    'a b:1': /not an address/,
  };
  for (const [text, says] of Object.entries(wrong)) {
    const outcome = parseConfigFile(text);
    assert.ok('problems' in outcome && says.test(outcome.problems[0] ?? ''), `${text}: ${JSON.stringify(outcome)}`);
  }
});

test('[ROOM-13] servers with equal forwards, order and rooms are one cluster, whatever they bind', () => {
  const one = [{ forward: at(1), bind: at(2) }];
  const two = [{ forward: at(1), bind: at(3) }];
  assert.equal(clusterIdentity(one, 'fifo', 10), clusterIdentity(two, 'fifo', 10));
  assert.notEqual(clusterIdentity(one, 'fifo', 10), clusterIdentity(one, 'total', 10));
});

test('[ROOM-19] an address that names no computer is refused as forward, however it is written', () => {
  for (const host of ['0.0.0.0', '[::]', '[0:0:0:0:0:0:0:0]', '[::ffff:0.0.0.0]']) {
    const outcome = parseConfigFile(`${host}:5001`);
    assert.ok('problems' in outcome, host);
    assert.match(outcome.problems[0] ?? '', /^line 1: no other server can reach /);
    assert.ok('servers' in parseConfigFile(`127.0.0.1:5001,${host}:5001`), 'a server may listen everywhere');
  }
});

test('[ROOM-19] one address is one server under all its spellings', () => {
  const pairs = [
    ['localhost', '127.0.0.1'],
    ['Chat.Example', 'chat.example.'],
    ['[::1]', '[0:0:0:0:0:0:0:1]'],
    ['[2001:DB8::1]', '[2001:0db8:0::0001]'],
    ['[::ffff:127.0.0.1]', '127.0.0.1'],
    ['[::ffff:7f00:1]', '127.0.0.1'],
  ];
  for (const [one, other] of pairs) {
    const outcome = parseConfigFile(`${one}:5001\n${other}:5001`);
    assert.ok('problems' in outcome, `${one} ${other}`);
    assert.match(outcome.problems[0] ?? '', /^line 2: an address is already used by server 1/);
    assert.ok('servers' in parseConfigFile(`${one}:5001\n${other}:5002`));
  }
  assert.notEqual(canonicalHost('64:ff9b::7f00:1'), canonicalHost('127.0.0.1'), 'a translated address is another');
});

// The flags of channels: doors and peers as typed, and every problem at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../../nameserver/config.js';
import type { Flags } from '../../../runtime/process/flag-reader.js';
import { makeSigningKey } from '../../../runtime/crypto.js';

const channelsOf = (flags: Flags) => {
  const config = readConfig(flags, {});
  assert.ok('channels' in config, 'problems' in config ? config.problems.join(' ') : '');
  return config.channels;
};

test('doors are chosen one by one; no channels are no channels', () => {
  assert.deepEqual(channelsOf({ doors: 'tcp' })?.transports, ['tcp']);
  assert.deepEqual(channelsOf({ doors: 'ws,tcp,ws' })?.transports, ['ws', 'tcp']);
  assert.equal(channelsOf({ channels: false }), null);
});

test('peers are places, with the key that must answer where one is given', () => {
  const key = makeSigningKey().publicKey;
  const peer = ['kith.example:12400', `10.0.0.1:1#${key}`, '[2001:db8::1]:65535'];
  assert.deepEqual(channelsOf({ peer })?.peers, [
    { host: 'kith.example', port: 12_400, key: null, isManual: true },
    { host: '10.0.0.1', port: 1, key, isManual: true },
    { host: '2001:db8::1', port: 65_535, key: null, isManual: true },
  ]);
  assert.equal(channelsOf({ discovery: false })?.isDiscoveryEnabled, false);
  assert.equal(channelsOf({ peerPort: '0', peerHost: 'kith.example' })?.peerHost, 'kith.example');
});

test('what makes no sense is a problem, each of it', () => {
  const words = ['a:1#abandon-ability-able', 'a:1#abandon-ability-able-about-above-kith'];
  const peer = ['kith.example', 'kith.example:0', ':1', 'a:1#short', '2001:db8::1:5', 'http://a:1', ...words];
  const config = readConfig({ doors: 'ws,window', tcpPort: '-1', peerPort: '70000', peerHost: '', peer }, {});
  assert.ok('problems' in config);
  assert.deepEqual(
    config.problems.map((problem) => problem.split(' ')[0]),
    ['--doors', '--tcp-port', '--peer-port', '--peer-host', ...peer.map(() => '--peer')],
  );
});

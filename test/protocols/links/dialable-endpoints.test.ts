// Which offered endpoints may be dialled.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialableEndpoints } from '../../../protocols/links/dialable-endpoints.js';
import { readIpAddress } from '../../../protocols/kit/bounds/ip-address.js';

const hosts = (...list: string[]) => list.map((host) => ({ host }));

function dialled(offered: string[], own: string[], seen: string[] = []): string[] {
  return dialableEndpoints(hosts(...offered), { own: hosts(...own), seen: hosts(...seen) }).map(({ host }) => host);
}

const OWN = ['192.168.1.7', '127.0.0.1'];
const PUBLIC = ['203.0.113.9', '2001:db8::9', '::ffff:203.0.113.9', '172.32.0.1', '100.128.0.1', '192.169.0.1'];
const INNER = ['10.1.2.3', '172.16.0.1', '100.64.0.1', 'fd00::1', '169.254.1.1', 'fe80::1', '127.0.0.1', '::1'];
const EMBEDDED = [
  '::ffff:10.1.2.3',
  '::ffff:7f00:1',
  '::7f00:1',
  '64:ff9b::10.0.0.1',
  '2002:7f00:1::',
  '0:0::ffff:a01:203',
];
const NONE = [
  '0.0.0.0',
  '::',
  '224.0.0.1',
  '255.255.255.255',
  '203.0.113.255',
  'ff02::1',
  '240.0.0.1',
  '::ffff:0.0.0.0',
];
const NAMES = ['localhost', 'router.lan', 'example.org', '2130706433', '0x7f.1', '127.1', '010.0.0.1', '1.2.3.256', ''];
const MALFORMED = [
  'fe80::1%eth0',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  ':1:2:3:4:5:6:7',
  '::g',
  '[::1]',
];

test('[LINK-16] only IP addresses of single hosts are dialled', () => {
  assert.deepEqual(dialled([...NAMES, ...MALFORMED, ...NONE, ...PUBLIC], OWN), PUBLIC);
  for (const text of [...NAMES, ...MALFORMED, '1.2.3.4'.repeat(10_000)]) assert.equal(readIpAddress(text), null, text);
});

test('[LINK-14] inner addresses of another network are not dialled, in IPv6 form neither', () => {
  assert.deepEqual(dialled([...INNER, ...EMBEDDED], OWN), []);
});

test('[LINK-14] an inner address is dialled where the client or a device of the friend is', () => {
  assert.deepEqual(dialled(['192.168.9.9', '10.1.2.3'], OWN), ['192.168.9.9']);
  assert.deepEqual(dialled(['10.1.9.9', '10.2.9.9', 'fd00::2'], OWN, ['10.1.2.3', 'fd00::1']), ['10.1.9.9', 'fd00::2']);
});

test('[LINK-14] loopback is dialled only by a client without another address, or if the friend was seen there', () => {
  assert.deepEqual(dialled(['127.0.0.1', '::1'], ['127.0.0.1']), ['127.0.0.1', '::1']);
  assert.deepEqual(dialled(['127.0.0.1'], OWN), []);
  assert.deepEqual(dialled(['127.0.0.1'], OWN, ['127.0.0.1']), ['127.0.0.1']);
});

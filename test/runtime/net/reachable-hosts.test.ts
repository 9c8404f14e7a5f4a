// The hosts we are reachable at: outside addresses first, loopback last, nothing that others could not use.

import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';
import { browserAddress, endpointText, plainHost } from '../../../runtime/net/endpoint.js';
import { reachableHosts } from '../../../runtime/net/reachable-hosts.js';

function card(address: string, internal = false): NetworkInterfaceInfo {
  const rest = { address, internal, netmask: '', mac: '', cidr: null };
  return address.includes(':') ? { ...rest, family: 'IPv6', scopeid: 0 } : { ...rest, family: 'IPv4' };
}

const CARDS = () => [
  card('127.0.0.1', true),
  card('::1', true),
  card('2001:db8::1'),
  card('fe80::1'),
  card('192.0.2.7'),
];

test('bound to everything, the outside addresses come first and loopback last', () => {
  assert.deepEqual(reachableHosts('::', CARDS), ['192.0.2.7', '2001:db8::1', '127.0.0.1']);
  assert.deepEqual(reachableHosts('0.0.0.0', CARDS), ['192.0.2.7', '127.0.0.1']);
});

test('without a network there is still loopback, on the real machine too', () => {
  assert.deepEqual(
    reachableHosts('0.0.0.0', () => []),
    ['127.0.0.1'],
  );
  assert.equal(reachableHosts('0.0.0.0').at(-1), '127.0.0.1');
});

test('bound to one address, there is no other', () => {
  assert.deepEqual(reachableHosts('127.0.0.1', CARDS), ['127.0.0.1']);
});

test('addresses are shown plainly', () => {
  assert.equal(plainHost('::ffff:192.0.2.7'), '192.0.2.7');
  assert.equal(plainHost('2001:db8::1'), '2001:db8::1');
  assert.equal(endpointText({ host: '::1', port: 5 }), '[::1]:5');
  assert.equal(endpointText({ host: '127.0.0.1', port: 5 }), '127.0.0.1:5');
});

test('a browser is sent to a place it trusts, where the server listens at all of them', () => {
  for (const host of ['0.0.0.0', '::']) assert.equal(browserAddress({ host, port: 5 }, 'http'), 'http://localhost:5/');
  assert.equal(browserAddress({ host: '::1', port: 5 }, 'http'), 'http://[::1]:5/');
  assert.equal(browserAddress({ host: 'kith.example', port: 5 }, 'https'), 'https://kith.example:5/');
});

// Servers linked over real TLS: messages are delivered on all of them, once and in order, although servers fail.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintOf } from '../../channels/peers/key-parser.js';
import type { Flags } from '../../runtime/process/flag-reader.js';
import { makeSigningKey } from '../../runtime/crypto.js';
import { temporaryDirectory } from '../nameserver/test-server.js';
import { isLinked, link, runChannelServer, until, type TestChannelServer } from './server.js';
import { TestClient } from './test-client.js';

test('[RELAY-7] in a line, without its middle and in a triangle, messages arrive once, in order', async (t) => {
  const data = temporaryDirectory(t);
  const [a, c] = await Promise.all([runChannelServer(t), runChannelServer(t)]);
  const b = await runChannelServer(t, {}, data);
  await link(a, b);
  await link(b, c);
  const browser = await TestClient.bySocket('alice', a.port).enter('lab');
  const middle = await TestClient.byLines('bobby', b.tcpPort, b.port).enter('lab');
  const terminal = await TestClient.bySocket('carol', c.port).enter('lab');
  const all = [browser, middle, terminal];
  for (const text of ['1', '2', '3', '4']) browser.say('lab', text);
  await Promise.all(all.map((client) => client.hears('4')));
  for (const client of all) assert.deepEqual(client.texts('lab'), ['1', '2', '3', '4']);

  middle.leave();
  const { peerPort } = b;
  await b.server.stop();
  await link(a, c);
  terminal.say('lab', '5');
  await Promise.all([browser, terminal].map((client) => client.hears('5')));

  const again = await runChannelServer(t, { peerPort: String(peerPort) }, data);
  await until('a triangle', () => isLinked(a, again) && isLinked(again, c));
  const back = await TestClient.byLines('bobby', again.tcpPort, again.port).enter('lab');
  browser.say('lab', '6');
  await Promise.all([browser, terminal, back].map((client) => client.hears('6')));
  terminal.say('lab', '7');
  await Promise.all([browser, terminal, back].map((client) => client.hears('7')));
  for (const client of [browser, terminal]) {
    assert.deepEqual(client.texts('lab'), ['1', '2', '3', '4', '5', '6', '7']);
    client.leave();
  }
  assert.deepEqual(back.texts('lab'), ['6', '7']);
  back.leave();
});

test('[RELAY-12] a server that does not listen only dials, and otherwise takes full part', async (t) => {
  const open = await runChannelServer(t);
  const inside = await runChannelServer(t, { peerPort: undefined, peer: [`127.0.0.1:${open.peerPort}`] });
  assert.equal(inside.peerPort, 0);
  await until('a link', () => isLinked(inside, open));
  const alice = await TestClient.bySocket('alice', inside.port).enter('lab');
  const bob = await TestClient.bySocket('bobby', open.port).enter('lab');
  alice.say('lab', 'out');
  await bob.hears('out');
  bob.say('lab', 'in');
  await alice.hears('in');
  alice.whisper(bob.key.publicKey, 'AAAA');
  assert.equal((await bob.take('heard', ({ kind }) => kind === 'direct')).kind, 'direct');
  alice.leave();
  bob.leave();
});

test('[RELAY-1] if another key than the given one answers, there is no link, and the status says why', async (t) => {
  const [a, b] = await Promise.all([runChannelServer(t), runChannelServer(t)]);
  const place = { host: '127.0.0.1', port: b.peerPort };
  await a.channels.connect(place, makeSigningKey().publicKey);
  await until('a refusal', () => a.channels.peers().some(({ lastError }) => lastError === 'PEER_KEY_CHANGED'));
  assert.equal(isLinked(a, b), false);
});

test('[RELAY-1] the key that answers must match a given fingerprint, and is pinned', async (t) => {
  const data = temporaryDirectory(t);
  const [b, c] = await Promise.all([runChannelServer(t), runChannelServer(t)]);
  const askedAs = (one: TestChannelServer): Flags => ({
    peer: [`127.0.0.1:${b.peerPort}#${fingerprintOf(one.channels.server)}`],
  });
  const right = await runChannelServer(t, askedAs(b), data);
  await until('a link', () => isLinked(right, b));
  await right.server.stop();
  const mistaken = await runChannelServer(t, askedAs(c), data);
  await until('a refusal', () => mistaken.channels.peers().some(({ lastError }) => lastError === 'PEER_KEY_CHANGED'));
  assert.equal(isLinked(mistaken, b), false);
  await mistaken.server.stop();
  await b.server.stop();
  const again = await runChannelServer(t, askedAs(b), data);
  assert.equal(again.channels.peers()[0]?.key, b.channels.server);
});

test('[RELAY-1] the key of the first link stays pinned over a restart', async (t) => {
  const data = temporaryDirectory(t);
  const b = await runChannelServer(t);
  const a = await runChannelServer(t, {}, data);
  await link(a, b);
  const [before] = a.channels.peers();
  await a.server.stop();
  await b.server.stop();
  const impostor = await runChannelServer(t, { peerPort: String(b.peerPort) });
  const again = await runChannelServer(t, {}, data);
  await until('a refusal', () => again.channels.peers().some(({ lastError }) => lastError === 'PEER_KEY_CHANGED'));
  assert.equal(isLinked(again, impostor), false);
  assert.equal(again.channels.peers()[0]?.key, before?.key);
});

test('[RELAY-3] a server never links to itself', async (t) => {
  const a = await runChannelServer(t);
  // By another name than the one it advertises.
  await a.channels.connect({ host: 'localhost', port: a.peerPort }, null);
  await until('an end', () => a.channels.peers().length === 0);
});

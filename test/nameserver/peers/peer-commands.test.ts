// Peer commands: how they are parsed, what the answers say, and the control socket that carries both.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { askRunningServer } from '../../../nameserver/peers/control-socket.js';
import { askForPeerPort } from '../../../channels/peers/peer-port.js';
import { fingerprintOf } from '../../../channels/peers/key-parser.js';
import { parsePeerCommand } from '../../../nameserver/peers/peer-command.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { makeSigningKey } from '../../../runtime/crypto.js';
import { requestLocal } from '../../../runtime/net/local-socket.js';
import { isLinked, runChannelServer, until } from '../../channels/server.js';
import { metricsOf, runServer, temporaryDirectory } from '../test-server.js';

const NOT_UNDERSTOOD = 'The server did not understand this command. Use the same version of both programs.';
const commandOf = (text: string) => parsePeerCommand(text.split(' '));

test('orders as they are typed', () => {
  const key = makeSigningKey().publicKey;
  const connect = { order: 'connect', host: 'kith.example', port: 12_400, key: null };
  assert.deepEqual(commandOf('peers'), { order: 'peers' });
  assert.deepEqual(commandOf('connect kith.example 12400'), connect);
  assert.deepEqual(commandOf('connect kith.example:12400'), connect);
  assert.deepEqual(commandOf(`connect kith.example:12400#${key}`), { ...connect, key });
  assert.deepEqual(commandOf(`connect 2001:db8::1 12400#${key}`), { ...connect, host: '2001:db8::1', key });
  const words = fingerprintOf(key);
  assert.deepEqual(commandOf(`connect kith.example 12400#${words}`), { ...connect, key: words });
  assert.deepEqual(commandOf(`connect kith.example:12400#${words.toUpperCase()}`), { ...connect, key: words });
  assert.deepEqual(commandOf('disconnect kith.example:12400'), { order: 'disconnect', peer: 'kith.example:12400' });
});

test('words that are not a peer command are refused', () => {
  const wrong = ['', 'dance', 'peers now', 'connect', 'connect a', 'connect a 0', 'connect a 70000', 'connect a 1 2'];
  const words = ['abandon-ability-able-about-above', 'abandon-ability-able-about-above-kith'];
  for (const typed of words) assert.equal(commandOf(`connect a 1#${typed}`), null, typed);
  for (const text of [...wrong, 'disconnect', 'disconnect a b', `disconnect ${'a'.repeat(301)}`, 'connect a 1#short'])
    assert.equal(commandOf(text), null, text);
});

test('a running server links, lists and unlinks peers through its control socket', async (t) => {
  const data = temporaryDirectory(t);
  const [a, b] = [await runChannelServer(t, {}, data), await runChannelServer(t)];
  const place = { host: '127.0.0.1', port: b.peerPort };
  const linked = await askRunningServer(data, { order: 'connect', ...place, key: null });
  assert.equal(linked.ok, true);
  await until('a link', () => isLinked(a, b));
  const { lines } = await askRunningServer(data, { order: 'peers' });
  assert.match(
    lines[0] ?? '',
    /^This server: [\w-]{43}; other servers reach it at 127\.0\.0\.1:\d+\. Its fingerprint: [a-z]+(-[a-z]+){5}$/,
  );
  assert.match(
    lines[1] ?? '',
    /^127\.0\.0\.1:\d+ {2}linked for \d+ s, \d+ bytes queued, 0 frames dropped {2}[\w-]{43}$/,
  );
  const answer = await askRunningServer(data, { order: 'disconnect', peer: `127.0.0.1:${b.peerPort}` });
  assert.deepEqual(answer, { ok: true, lines: [`Disconnected from 127.0.0.1:${b.peerPort}. Its key is forgotten.`] });
  await until('no link', () => !isLinked(a, b));
  const unknown = await askRunningServer(data, { order: 'disconnect', peer: 'nobody' });
  assert.deepEqual(unknown, { ok: false, lines: ['There is no peer nobody. See: nameserver peers'] });
  assert.match((await askRunningServer(data, { order: 'peers' })).lines[1] ?? '', /^No peers\./);
});

test('connect with the port for clients finds the port for other servers, or says that there is none', async (t) => {
  const data = temporaryDirectory(t);
  const [a, b] = [await runChannelServer(t, {}, data), await runChannelServer(t)];
  const place = { host: '127.0.0.1', port: b.server.port };
  const linked = await askRunningServer(data, { order: 'connect', ...place, key: null });
  assert.deepEqual(linked.lines, [
    `127.0.0.1:${b.server.port} is its port for clients.`,
    `Connecting to 127.0.0.1:${b.peerPort}. Check the link with: nameserver peers`,
  ]);
  await until('a link', () => isLinked(a, b));
  const own = await askRunningServer(data, { order: 'connect', ...place, port: a.server.port, key: null });
  assert.equal(own.lines[0], 'That is the address of this server. Give the address of another server.');
  const dialling = await runServer(t, {});
  const refused = await askRunningServer(data, { order: 'connect', ...place, port: dialling.port, key: null });
  assert.equal(refused.ok, false);
  assert.match(
    refused.lines[0] ?? '',
    /^The name server at 127\.0\.0\.1:\d+ has no port for other servers\. .*--peer-port/,
  );
});

test('another web server that answers, without end or with something else, changes nothing', async (t) => {
  for (const body of ['{}', '[', '{"server":1,"peer":5}', 'x'.repeat(LIMITS.peerPortAnswerBytes + 1)]) {
    const other = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1');
    t.after(() => other.close());
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    assert.equal(await askForPeerPort({ host: '127.0.0.1', port }), null, body.slice(0, 30));
  }
});

test('only the owner can open the control socket; unknown commands get an answer that says so', async (t) => {
  const data = temporaryDirectory(t);
  await runChannelServer(t, {}, data);
  assert.equal(statSync(join(data, 'control.sock')).mode & 0o777, 0o600);
  const place = { directory: data, name: 'control.sock' };
  for (const text of ['', '{', '{"order":"dance"}', 'x'.repeat(5_000)]) {
    const answer = await requestLocal(place, text, 5_000);
    assert.deepEqual(JSON.parse(answer ?? 'null'), { ok: false, lines: [NOT_UNDERSTOOD] });
  }
});

test('without a running server, a peer command fails with an explanation', async (t) => {
  const data = temporaryDirectory(t);
  await assert.rejects(askRunningServer(data, { order: 'peers' }), /No name server is running for/);
});

test('a server runs in a directory whose path is too long for a socket', async (t) => {
  const data = join(temporaryDirectory(t), 'x'.repeat(120));
  const { channelHost } = await runServer(t, {}, data);
  assert.deepEqual(channelHost.channels?.peers(), []);
  await assert.rejects(askRunningServer(data, { order: 'peers' }), /too long for a socket/);
});

test('control characters in the name of a peer do not reach the terminal', async (t) => {
  const { server, channels } = await runChannelServer(t);
  await channels.connect({ host: '\u001b[2Jevil\u202e', port: 1 }, null);
  const { lines } = await server.channelHost.peerAdministration.run({ order: 'peers' });
  assert.match(lines[1] ?? '', /evil/);
  assert.doesNotMatch(lines.join(''), /[\u001b\u202e]/);
});

test('everything about peers is in the metrics', async (t) => {
  const [a, b] = await Promise.all([runChannelServer(t, { metricsPort: '0' }), runChannelServer(t)]);
  await a.channels.connect({ host: '127.0.0.1', port: b.peerPort }, null);
  await until('a link', () => isLinked(a, b));
  const payload = await metricsOf(a.server);
  for (const line of [
    /^kith_channel_clients 0$/m,
    /^kith_channels 0$/m,
    /^kith_channel_events\{what="dropped_forged"\} 0$/m,
    /^kith_channel_memory\{of="links"\} 1$/m,
    new RegExp(`^kith_channel_peer\\{peer="127.0.0.1:${b.peerPort}",state="linked",what="sent_bytes"\\} [1-9]`, 'm'),
  ])
    assert.match(payload, line);
});

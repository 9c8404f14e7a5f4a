// Tests a complete name server over loopback: sessions, restarts, and failures at the start.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { LIMITS } from '../../protocols/kit/limits.js';
import { BindError } from '../../runtime/operational-error.js';
import type { RunningNameServer } from '../../nameserver/server.js';
import { OperationalError } from '../../runtime/operational-error.js';
import { Person } from './person.js';
import { metricsOf, runServer, SessionClient, temporaryDirectory } from './test-server.js';

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';

async function register(server: RunningNameServer, person: Person): Promise<void> {
  const answer = await server.app.inject({ method: 'PUT', url: `/v1/users/${person.name}`, payload: person.record() });
  assert.equal(answer.statusCode, 201);
}

function letterTo(person: Person, body = 'Ym9keQ') {
  return { type: 'letter', id: ID, to: person.name, device: person.device, fleeting: false, body } as const;
}

test('two clients exchange presence and a letter over real sockets', async (t) => {
  const server = await runServer(t);
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  await register(server, alice);
  await register(server, bob);
  const a = await SessionClient.of(server, alice, 1);
  a.send({ type: 'watch', names: ['bob'] });
  assert.deepEqual(await a.next(), { type: 'presence', name: 'bob', online: false, lastSeen: null });
  const b = await SessionClient.of(server, bob, 1);
  const seen = await a.next();
  assert.ok(seen?.type === 'presence' && seen.online);
  a.send(letterTo(bob, 'x'.repeat(LIMITS.letterBytes)));
  assert.deepEqual(await a.next(), { type: 'accepted', id: ID, how: 'forwarded' });
  const letter = await b.next();
  assert.ok(letter?.type === 'deliver' && letter.from === 'alice' && letter.body.length === LIMITS.letterBytes);
});

test('a restart keeps users, the key of the server and held letters', async (t) => {
  const data = temporaryDirectory(t);
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  const first = await runServer(t, {}, data);
  await register(first, alice);
  await register(first, bob);
  const a = await SessionClient.of(first, alice, 1);
  a.send(letterTo(bob));
  assert.deepEqual(await a.next(), { type: 'accepted', id: ID, how: 'held' });
  const before = await SessionClient.to(first).greet();
  await first.stop();
  assert.equal(await a.next(), null);

  const second = await runServer(t, {}, data);
  const user = (await second.app.inject('/v1/users/alice')).json<{ online: boolean; lastSeen: string | null }>();
  assert.deepEqual([user.online, typeof user.lastSeen], [false, 'string']);
  assert.equal((await SessionClient.to(second).greet()).server, before.server);
  const b = await SessionClient.of(second, bob, 1);
  assert.equal((await b.next())?.type, 'deliver');
});

test('[SESS-5] a large frame before the proof ends the session', async (t) => {
  const client = SessionClient.to(await runServer(t, { store: 'memory' }));
  await client.greet();
  client.socket.send(JSON.stringify({ type: 'pong' }).padEnd(LIMITS.sessionHandshakeBytes + 1));
  assert.equal(await client.next(), null);
});

test('[SESS-7] binary, malformed and oversized frames end the session, and are counted', async (t) => {
  const server = await runServer(t, { store: 'memory', metricsPort: '0' });
  for (const data of [Buffer.from('{}'), '{"type":', 'x'.repeat(LIMITS.sessionFrameBytes + 1)]) {
    const client = SessionClient.to(server);
    await client.greet();
    client.socket.send(data);
    while ((await client.next()) !== null);
  }
  const body = await metricsOf(server);
  for (const why of ['binary', 'malformed', 'oversized']) {
    assert.match(body, new RegExp(`kith_frames_dropped_total\\{why="${why}"\\} 1`));
  }
});

test('an upgrade of another path is refused, and the server keeps running', async (t) => {
  const server = await runServer(t, { store: 'memory' });
  for (const path of ['/v1/users/bob', '/nothing', '/metrics']) {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`);
    await new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve));
  }
  assert.equal((await server.app.inject('/healthz')).statusCode, 200);
});

test('a second server on the same directory or port ends with one line', async (t) => {
  const data = temporaryDirectory(t);
  const first = await runServer(t, {}, data);
  await assert.rejects(
    runServer(t, {}, data),
    (error) => error instanceof OperationalError && /Stop it/.test(error.message),
  );
  await assert.rejects(runServer(t, { port: String(first.port) }), BindError);
});

// Tests the routes of users: every route and every refusal, by injected requests.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { invitationProof } from '../../../protocols/directory/invitation.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { primitives } from '../../../runtime/crypto.js';
import { deriveInvitationKey } from '../../../runtime/invitation-key.js';
import type { Flags } from '../../../runtime/process/flag-reader.js';
import { Person } from '../person.js';
import { runServer, SessionClient, temporaryDirectory } from '../test-server.js';

async function start(t: TestContext, flags: Flags = {}) {
  const server = await runServer(t, { store: 'memory', ...flags });
  const get = async (url: string) => {
    const answer = await server.app.inject({ method: 'GET', url });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>(), headers: answer.headers };
  };
  const put = async (name: string, payload: string | object, headers: Record<string, string> = {}) => {
    const answer = await server.app.inject({ method: 'PUT', url: `/v1/users/${name}`, payload, headers });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>(), headers: answer.headers };
  };
  const refusal = ({ status, body }: { status: number; body: Record<string, unknown> }) => {
    assert.deepEqual(Object.keys(body), ['code', 'message']);
    return `${status} ${String(body['code'])}`;
  };
  return { server, get, put, refusal };
}

test('PUT registers, renews and unregisters a name', async (t) => {
  const { put, get, refusal } = await start(t);
  const alice = new Person('alice');
  assert.equal((await put('alice', alice.record())).status, 201);
  assert.equal((await put('alice', alice.record())).status, 200);
  assert.equal((await put('Alice', alice.record({ version: 2 }))).status, 200);
  assert.equal((await put('alice', alice.tombstone(3))).status, 200);
  assert.equal(refusal(await get('/v1/users/alice')), '404 USER_UNKNOWN');
  assert.equal((await put('alice', alice.record({ version: 4 }))).status, 201);
});

test('PUT answers with the refusals of the table', async (t) => {
  const { put, refusal } = await start(t);
  const [alice, thief] = [new Person('alice'), new Person('alice')];
  await put('alice', alice.record({ version: 5 }));
  assert.equal(refusal(await put('alice', thief.record())), '409 NAME_TAKEN');
  assert.equal(refusal(await put('alice', alice.record({ version: 4 }))), '409 RECORD_STALE');
  assert.equal(
    refusal(await put('bob', { ...new Person('bob').record(), signature: alice.record().signature })),
    '403 SIGNATURE_INVALID',
  );
  assert.equal(refusal(await put('r00t', new Person('r00t').record())), '400 NAME_INVALID');
  assert.equal(refusal(await put('bob', alice.record())), '400 MALFORMED');
  assert.equal(refusal(await put('bob', { ...new Person('bob').record(), more: 1 })), '400 MALFORMED');
  assert.equal(refusal(await put('bob', { payload: 1, signature: true })), '400 MALFORMED');
});

test('PUT refuses a body that is not JSON or too large', async (t) => {
  const { put, refusal } = await start(t);
  const json = { 'content-type': 'application/json' };
  assert.equal(refusal(await put('bob', '{"payload":', json)), '400 MALFORMED');
  assert.equal(refusal(await put('bob', '', json)), '400 MALFORMED');
  assert.equal(refusal(await put('bob', '{"__proto__":{}}', json)), '400 MALFORMED');
  assert.equal(refusal(await put('bob', 'hello', { 'content-type': 'text/plain' })), '415 TYPE_UNKNOWN');
  assert.equal(refusal(await put('bob', `"${'x'.repeat(LIMITS.restBodyBytes)}"`, json)), '413 TOO_LARGE');
  const record = new Person('bob').record();
  assert.equal(
    refusal(await put('bob', { ...record, payload: record.payload.padEnd(LIMITS.recordBytes + 1) })),
    '413 TOO_LARGE',
  );
});

test('PUT of a new name needs the invite code if there is one', async (t) => {
  const inviteCodeFile = join(temporaryDirectory(t), 'code');
  writeFileSync(inviteCodeFile, 'sesame\n', { mode: 0o600 });
  const { server, put, refusal } = await start(t, { inviteCodeFile });
  const alice = new Person('alice');
  const payload = alice.record();
  const { headers } = await server.app.inject({ method: 'PUT', url: '/v1/users/alice', payload });
  const proofOf = async (code: string) => {
    const key = await deriveInvitationKey(code, String(headers['x-server-key']));
    return { 'x-invite-proof': invitationProof(key, alice.record(), primitives) };
  };
  assert.equal(refusal(await put('alice', alice.record())), '403 INVITE_NEEDED');
  assert.equal(refusal(await put('alice', alice.record(), await proofOf('Sesame'))), '403 INVITE_NEEDED');
  assert.equal((await put('alice', alice.record(), await proofOf('sesame'))).status, 201);
  assert.equal((await put('alice', alice.record({ version: 2 }))).status, 200);
});

test('PUT of a tombstone for a free name is refused, and the name stays free', async (t) => {
  const { put, refusal } = await start(t);
  assert.equal(refusal(await put('bob', new Person('bob').tombstone(1))), '404 USER_UNKNOWN');
  assert.equal((await put('bob', new Person('bob').record())).status, 201);
});

test('GET of a user returns record, key and presence, always current', async (t) => {
  const { server, put, get } = await start(t);
  const alice = new Person('alice');
  await put('alice', alice.record());
  const found = { name: 'alice', key: alice.identity.publicKey, record: alice.record() };
  assert.deepEqual((await get('/v1/users/alice')).body, { ...found, online: false, lastSeen: null });
  const client = await SessionClient.of(server, alice, 1);
  const online = (await get('/v1/users/ALICE')).body;
  assert.equal(online['online'], true);
  assert.match(String(online['lastSeen']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  await put('alice', alice.record({ version: 2 }));
  assert.deepEqual((await get('/v1/users/alice')).body['record'], alice.record({ version: 2 }));
  client.socket.terminate();
});

test('GET of an unknown user is 404 for any name', async (t) => {
  const { get, refusal } = await start(t);
  for (const name of ['bob', 'x', '__proto__', '%00', '%F0%9F%91%8B', 'a'.repeat(90), '..%2f..%2fetc']) {
    assert.equal(refusal(await get(`/v1/users/${name}`)), '404 USER_UNKNOWN');
  }
});

test('GET of several users returns those that exist, each once', async (t) => {
  const { put, get, refusal } = await start(t);
  for (const name of ['alice', 'bob']) await put(name, new Person(name).record());
  const { body } = await get('/v1/users?names=bob,nobody,alice,BOB,,!');
  const names = (body['users'] as { name: string }[]).map(({ name }) => name);
  assert.deepEqual(names, ['bob', 'alice']);
  assert.deepEqual((await get('/v1/users?names=')).body, { users: [] });
  const many = Array.from({ length: LIMITS.restNamesMax + 1 }, (_, at) => `user${at}`).join(',');
  assert.equal(refusal(await get(`/v1/users?names=${many}`)), '400 MALFORMED');
});

test('GET of online users is paged', async (t) => {
  const { server, put, get, refusal } = await start(t);
  const people = ['carol', 'alice', 'bob'].map((name) => new Person(name));
  const clients = [];
  for (const person of people) {
    await put(person.name, person.record());
    clients.push(await SessionClient.of(server, person, 1));
  }
  assert.deepEqual((await get('/v1/users?online=true&limit=2')).body, { users: ['alice', 'bob'], next: 'bob' });
  assert.deepEqual((await get('/v1/users?online=true&limit=2&after=bob')).body, { users: ['carol'], next: null });
  assert.equal(refusal(await get('/v1/users')), '400 MALFORMED');
  assert.equal(refusal(await get('/v1/users?names=alice&online=true')), '400 MALFORMED');
  assert.equal(refusal(await get('/v1/users?online=true&limit=0')), '400 MALFORMED');
  assert.equal(refusal(await get('/v1/users?online=perhaps')), '400 MALFORMED');
  for (const { socket } of clients) socket.terminate();
});

test('an unlisted server refuses the list of online users, and still answers look-ups', async (t) => {
  const { put, get, refusal } = await start(t, { unlisted: true });
  await put('alice', new Person('alice').record());
  assert.equal(refusal(await get('/v1/users?online=true')), '403 UNLISTED');
  assert.equal((await get('/v1/users/alice')).status, 200);
});

test('behind a trusted proxy the rate limit uses the address that the proxy adds', async (t) => {
  const statusFrom = async (trustProxy: boolean, ...addresses: string[]) => {
    const { server } = await start(t, { requestsPerMinute: '1', trustProxy });
    const ask = (address: string) =>
      server.app.inject({ url: '/v1/users/alice', headers: { 'x-forwarded-for': address } });
    return Promise.all(addresses.map(async (address) => (await ask(address)).statusCode));
  };
  assert.deepEqual(await statusFrom(true, '192.0.2.1', '198.51.100.2', '192.0.2.1'), [404, 404, 429]);
  assert.deepEqual(await statusFrom(true, '192.0.2.8, 192.0.2.1', '192.0.2.9, 192.0.2.1'), [404, 429]);
  assert.deepEqual(await statusFrom(false, '192.0.2.1', '192.0.2.2'), [404, 429]);
});

test('above the rate limit every request gets 429 with Retry-After', async (t) => {
  const { get, refusal } = await start(t, { requestsPerMinute: '3' });
  for (let count = 0; count < 3; count += 1) await get('/v1/users/alice');
  for (const url of ['/v1/users/alice', '/nothing']) {
    const answer = await get(url);
    assert.equal(refusal(answer), '429 TOO_MANY');
    assert.match(String(answer.headers['retry-after']), /^\d+$/);
  }
});

test('registrations have a lower rate limit than other requests', async (t) => {
  const { put, get, refusal } = await start(t);
  let answer = await put('alice', {});
  // Tokens return while the test runs, so it needs a few more requests than the limit.
  for (let count = 0; count < 2 * LIMITS.restRegistrationsPerMinute && answer.status !== 429; count += 1)
    answer = await put('alice', {});
  assert.equal(refusal(answer), '429 TOO_MANY');
  assert.equal(refusal(await get('/v1/users/alice')), '404 USER_UNKNOWN');
});

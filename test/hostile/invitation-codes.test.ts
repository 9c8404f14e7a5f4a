// A server at the address of a name server collects what clients send to register there, to get the invitation code.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DirectoryClient } from '../../client/directory-client.js';
import { makeSigningKey } from '../../runtime/crypto.js';
import { Person } from '../nameserver/person.js';
import { runServer, temporaryDirectory } from '../nameserver/test-server.js';

const CODE = 'open-sesame';

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that states a key and requires an invitation code. It keeps all that it hears. */
async function collector(t: TestContext, serverKey: string): Promise<{ origin: string; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      heard.push({ headers: request.headers, body });
      response.writeHead(403, { 'x-server-key': serverKey }).end('{"code":"INVITE_NEEDED","message":""}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

async function closedServer(t: TestContext) {
  const inviteCodeFile = join(temporaryDirectory(t), 'code');
  writeFileSync(inviteCodeFile, CODE, { mode: 0o600 });
  const { app } = await runServer(t, { store: 'memory', inviteCodeFile });
  const put = (name: string, payload: object, proof: string) => {
    const headers = { 'x-invite-proof': proof };
    return app.inject({ method: 'PUT', url: `/v1/users/${name}`, payload, headers });
  };
  const key = String((await put('mallory', new Person('mallory').record(), 'x')).headers['x-server-key']);
  return { put, key };
}

async function register(t: TestContext, origin: string, { name = 'alice', pinned = null as string | null } = {}) {
  const client = new DirectoryClient(origin, CODE);
  t.after(() => client.close());
  const person = new Person(name);
  const answer = await client.ask({ type: 'register', name, record: person.record(), server: pinned });
  assert.deepEqual(answer.type, 'refused');
  return person;
}

/** The last proof that a collector heard. */
function proofIn(heard: readonly Heard[]): string {
  const proof = heard.at(-1)?.headers['x-invite-proof'];
  assert.ok(typeof proof === 'string');
  return proof;
}

test('[DIR-24] the invitation code never leaves the client, also when groups are published', async (t) => {
  const { origin, heard } = await collector(t, makeSigningKey().publicKey);
  await register(t, origin);
  const client = new DirectoryClient(origin, CODE);
  t.after(() => client.close());
  await client.ask({ type: 'publish', name: 'lake', publication: { from: 0, entries: [], proofs: [], records: [] } });
  assert.equal(heard.length, 3);
  assert.ok(!JSON.stringify(heard).includes(CODE));
  assert.equal(heard[2]?.headers['x-invite-proof'], undefined);
});

test('[DIR-24] a proof for a server with another key is worth nothing at the real one', async (t) => {
  const { put } = await closedServer(t);
  const { origin, heard } = await collector(t, makeSigningKey().publicKey);
  const alice = await register(t, origin);
  const replayed = await put('alice', alice.record(), proofIn(heard));
  assert.equal(replayed.statusCode, 403);
});

test('[DIR-24] a server that repeats the key of the real one can register only the record of the client', async (t) => {
  const { put, key } = await closedServer(t);
  const { origin, heard } = await collector(t, key);
  const alice = await register(t, origin);
  const proof = proofIn(heard);
  const mallory = await put('mallory', new Person('mallory').record(), proof);
  assert.equal(mallory.statusCode, 403);
  assert.equal((await put('alice', alice.record(), proof)).statusCode, 201);
});

test('[DIR-24] a client that knows the key of its server makes no proof for another key', async (t) => {
  const { put, key } = await closedServer(t);
  const { origin, heard } = await collector(t, makeSigningKey().publicKey);
  const alice = await register(t, origin, { pinned: key });
  assert.equal((await put('alice', alice.record(), proofIn(heard))).statusCode, 201);
});

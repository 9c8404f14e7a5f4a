// Routes for whoever runs the server, and answers to what is no route at all.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { text } from 'node:stream/consumers';
import { runServer } from '../test-server.js';

test('the description lists every route', async (t) => {
  const { app } = await runServer(t, { store: 'memory' });
  const routes = new Set<string>();
  const description = (await app.inject('/openapi.json')).json<{ paths: Record<string, object> }>();
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const method of Object.keys(methods)) routes.add(`${method} ${path}`);
  }
  assert.deepEqual([...routes].sort(), [
    'get /healthz',
    'get /metrics',
    'get /openapi.json',
    'get /v1/session',
    'get /v1/users',
    'get /v1/users/{name}',
    'put /v1/users/{name}',
  ]);
});

test('the description is readable as a page', async (t) => {
  const { app } = await runServer(t, { store: 'memory' });
  const page = await app.inject('/docs/');
  assert.equal(page.statusCode, 200);
  assert.match(String(page.headers['content-type']), /html/);
  assert.doesNotMatch(String(page.headers['content-security-policy']), /upgrade-insecure/);
});

test('it says that it is alive, and what it counts', async (t) => {
  const { app } = await runServer(t, { store: 'memory' });
  assert.deepEqual((await app.inject('/healthz')).json(), { ok: true });
  await app.inject('/v1/users/nobody');
  const { body } = await app.inject('/metrics');
  assert.match(body, /kith_requests_total\{route="\/v1\/users\/:name",status="404"\} 1/);
  assert.match(body, /kith_sessions 0/);
});

test('what is no route, or cannot be read as one, is refused in the same form', async (t) => {
  const { app } = await runServer(t, { store: 'memory' });
  const codeOf = async (method: 'GET' | 'DELETE', url: string) => {
    const answer = await app.inject({ method, url });
    return `${answer.statusCode} ${answer.json<{ code: string }>().code}`;
  };
  assert.equal(await codeOf('GET', '/nothing'), '404 NOT_FOUND');
  assert.equal(await codeOf('DELETE', '/v1/users/alice'), '404 NOT_FOUND');
  assert.equal(await codeOf('GET', '/v1/users/%zz'), '400 MALFORMED');
  assert.equal(await codeOf('GET', `/v1/users/${'a'.repeat(5_000)}`), '400 MALFORMED');
  assert.equal(await codeOf('GET', '/v1/session'), '400 MALFORMED');
});

test('what is not HTTP is told so and cut off', async (t) => {
  const { port } = await runServer(t, { store: 'memory' });
  const socket = connect(port, '127.0.0.1');
  socket.write('\u0016\u0003\u0001 hello\r\n\r\n');
  const answer = await text(socket);
  assert.match(answer, /^HTTP\/1\.1 400 .*\{"code":"MALFORMED","message":".+"\}$/s);
});

test('[G7] who is told so and never closes their end is let go', async (t) => {
  const { app, port } = await runServer(t, { store: 'memory' });
  const accepted = once(app.server, 'connection') as Promise<[Socket]>;
  const peer = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  t.after(() => peer.destroy());
  peer.write('rubbish\r\n\r\n');
  peer.resume();
  const [ours] = await accepted;
  await once(ours, 'close', { signal: AbortSignal.timeout(20_000) });
});

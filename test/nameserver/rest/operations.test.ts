// Tests the routes for the operator, and the answers to invalid requests.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { text } from 'node:stream/consumers';
import { metricsOf, runServer } from '../test-server.js';

test('the OpenAPI description lists every route', async (t) => {
  const { app } = await runServer(t, { store: 'memory' });
  const routes = new Set<string>();
  const description = (await app.inject('/openapi.json')).json<{ paths: Record<string, object> }>();
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const method of Object.keys(methods)) routes.add(`${method} ${path}`);
  }
  assert.deepEqual([...routes].sort(), [
    'get /healthz',
    'get /openapi.json',
    'get /v1/channels',
    'get /v1/groups',
    'get /v1/groups/{name}',
    'get /v1/session',
    'get /v1/users',
    'get /v1/users/{name}',
    'put /v1/groups/{name}',
    'put /v1/users/{name}',
  ]);
});

test('/docs shows the OpenAPI description as a page', async (t) => {
  const { app } = await runServer(t, { store: 'memory' });
  const page = await app.inject('/docs/');
  assert.equal(page.statusCode, 200);
  assert.match(String(page.headers['content-type']), /html/);
  assert.doesNotMatch(String(page.headers['content-security-policy']), /upgrade-insecure/);
  assert.equal(page.headers['strict-transport-security'], undefined);
  const { app: asked } = await runServer(t, { store: 'memory', hsts: true });
  const { headers } = await asked.inject('/docs/');
  assert.equal(headers['strict-transport-security'], 'max-age=31536000');
});

test('the health check answers, and the metrics have a port of their own', async (t) => {
  const server = await runServer(t, { store: 'memory', metricsPort: '0' });
  const { app } = server;
  assert.deepEqual((await app.inject('/healthz')).json(), { ok: true });
  assert.equal((await app.inject('/metrics')).statusCode, 404);
  await app.inject('/v1/users/nobody');
  const body = await metricsOf(server);
  assert.match(body, /kith_requests_total\{route="\/v1\/users\/:name",status="404"\} 1/);
  assert.match(body, /kith_sessions 0/);
});

test('an unknown or malformed path is refused with code and message', async (t) => {
  const { app } = await runServer(t, { store: 'memory' });
  const codeOf = async (method: 'GET' | 'DELETE', url: string) => {
    const answer = await app.inject({ method, url });
    return `${answer.statusCode} ${answer.json<{ code: string }>().code}`;
  };
  assert.equal(await codeOf('GET', '/nothing'), '404 NOT_FOUND');
  assert.equal(await codeOf('DELETE', '/v1/users/alice'), '405 METHOD_UNKNOWN');
  assert.equal(await codeOf('GET', '/v1/users/%zz'), '400 MALFORMED');
  assert.equal(await codeOf('GET', `/v1/users/${'a'.repeat(5_000)}`), '400 MALFORMED');
  assert.equal(await codeOf('GET', '/v1/session'), '400 MALFORMED');
});

test('a refused method is answered with the allowed methods', async (t) => {
  const { app } = await runServer(t, { store: 'memory' });
  const ask = async (method: 'POST' | 'OPTIONS' | 'PUT', url: string) => {
    const { statusCode, headers, body } = await app.inject({ method, url, payload: 'x' });
    assert.match(body, /^\{"code":"METHOD_UNKNOWN","message":".+"\}$/);
    return `${statusCode} ${String(headers['allow'])}`;
  };
  assert.equal(await ask('POST', '/v1/users/alice'), '405 GET, HEAD, PUT');
  assert.equal(await ask('OPTIONS', '/v1/users'), '405 GET, HEAD');
  assert.equal(await ask('PUT', '/healthz'), '405 GET, HEAD');
  assert.equal((await app.inject({ method: 'HEAD', url: '/healthz' })).statusCode, 200);
});

test('the description lists the refusals of every route', async (t) => {
  const { app } = await runServer(t, { store: 'memory' });
  type Methods = Record<string, { responses: Record<string, object> }>;
  const { paths } = (await app.inject('/openapi.json')).json<{ paths: Record<string, Methods> }>();
  const statuses = (path: string, method: string) => Object.keys(paths[path]?.[method]?.responses ?? {}).join(' ');
  assert.equal(statuses('/v1/users/{name}', 'get'), '200 400 404 405 429');
  assert.equal(statuses('/v1/users/{name}', 'put'), '200 201 400 403 404 405 409 413 415 429 503 507');
  assert.equal(statuses('/v1/session', 'get'), '101 400 405 429');
  assert.equal(statuses('/healthz', 'get'), '200 405');
});

test('the health check has no rate limit', async (t) => {
  const { app } = await runServer(t, { store: 'memory', requestsPerMinute: '1' });
  const statuses = ['/v1/users/a', '/v1/users/a', '/healthz', '/healthz'].map((url) => app.inject(url));
  assert.deepEqual(
    (await Promise.all(statuses)).map(({ statusCode }) => statusCode),
    [404, 429, 200, 200],
  );
});

const HANDSHAKE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
const KEY = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';

/** The answer of the server, once it has closed the connection. The client end stays open until then. */
async function answerTo(port: number, path: string, headers: readonly string[]): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.write([`GET ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n'));
  const answer = await text(socket);
  socket.destroy();
  return answer;
}

test('an invalid WebSocket handshake, or one on another path, is refused', async (t) => {
  const { port } = await runServer(t, { store: 'memory' });
  for (const path of ['/healthz', '/v1/users/bob', '/nothing', '/v1/users/%zz']) {
    assert.match(await answerTo(port, path, [...HANDSHAKE, KEY]), /^HTTP\/1\.1 404 .*\{"code":"NOT_FOUND".+\}$/s);
  }
  for (const headers of [HANDSHAKE, ['Connection: Upgrade', 'Upgrade: h2c']]) {
    assert.match(await answerTo(port, '/v1/session', headers), /^HTTP\/1\.1 400 .*\{"code":"MALFORMED".+\}$/s);
  }
});

test('[G7] a handshake above the rate limit is closed by the server, which can still stop', async (t) => {
  const server = await runServer(t, { store: 'memory', requestsPerMinute: '1' });
  await server.app.inject('/v1/users/alice');
  const accepted = once(server.app.server, 'connection') as Promise<[Socket]>;
  const answer = answerTo(server.port, '/v1/session', [...HANDSHAKE, KEY]);
  const [ours] = await accepted;
  // If the socket stayed open, this test could not end.
  await once(ours, 'close', { signal: AbortSignal.timeout(20_000) }).finally(() => ours.destroy());
  assert.match(await answer, /^HTTP\/1\.1 429 .*retry-after: \d+.*\{"code":"TOO_MANY".+\}$/s);
  await server.stop();
});

test('bytes that are not HTTP are refused, and the connection is closed', async (t) => {
  const { port } = await runServer(t, { store: 'memory' });
  const socket = connect(port, '127.0.0.1');
  socket.write('\u0016\u0003\u0001 hello\r\n\r\n');
  const answer = await text(socket);
  assert.match(answer, /^HTTP\/1\.1 400 .*\{"code":"MALFORMED","message":".+"\}$/s);
});

test('[G7] the server closes a refused connection whose client keeps its end open', async (t) => {
  const { app, port } = await runServer(t, { store: 'memory' });
  const accepted = once(app.server, 'connection') as Promise<[Socket]>;
  const peer = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  t.after(() => peer.destroy());
  peer.write('rubbish\r\n\r\n');
  peer.resume();
  const [ours] = await accepted;
  await once(ours, 'close', { signal: AbortSignal.timeout(20_000) });
});

// Pages of other sites, and names of other sites that resolve to this server, get nothing from a name server.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { OwnOrigins } from '../../runtime/net/own-origins.js';
import { runServer } from '../nameserver/test-server.js';

const SOCKETS = ['/v1/session', '/v1/channels'];

/** The status of a GET with these headers. */
async function statusOf(port: number, path: string, headers: Record<string, string>): Promise<number> {
  const asked = request({ host: '127.0.0.1', port, path, headers, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
  answer.resume();
  return answer.statusCode ?? 0;
}

/** 101 if the WebSocket opens, else the status of the refusal. */
async function upgradeStatus(url: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(url, { headers });
  socket.on('error', () => undefined);
  const status = await Promise.race([
    once(socket, 'open').then(() => 101),
    once(socket, 'unexpected-response').then(([, answer]) => (answer as { statusCode: number }).statusCode),
  ]);
  socket.terminate();
  return status;
}

async function server(t: TestContext, flags = {}): Promise<number> {
  return (await runServer(t, { store: 'memory', ...flags })).port;
}

test('a page of another site opens no socket, whatever host it names', async (t) => {
  const port = await server(t);
  for (const path of SOCKETS) {
    const url = `ws://127.0.0.1:${port}${path}`;
    for (const origin of ['http://evil.test', `http://evil.test:${port}`, `http://127.0.0.1:${port + 1}`, 'null'])
      assert.equal(await upgradeStatus(url, { origin }), 403, `${path} ${origin}`);
    assert.equal(await upgradeStatus(url, { origin: `http://127.0.0.1:${port}` }), 101, 'its own page');
    assert.equal(await upgradeStatus(url, {}), 101, 'a terminal');
  }
  assert.equal(await statusOf(port, '/v1/users?online=true', { origin: 'http://evil.test' }), 403);
});

test('a foreign name that resolves to the server gets no answer of any route', async (t) => {
  const port = await server(t);
  for (const path of ['/', '/healthz', '/metrics', '/docs', '/v1/users?online=true', '/v1/groups', '/nothing']) {
    assert.equal(await statusOf(port, path, { host: `evil.test:${port}` }), 421, path);
    assert.notEqual(await statusOf(port, path, { host: `localhost:${port}` }), 421, path);
  }
  for (const path of SOCKETS)
    assert.equal(await upgradeStatus(`ws://127.0.0.1:${port}${path}`, { host: `evil.test:${port}` }), 421);
});

test('a name that the operator gives is answered, and its page may open sockets', async (t) => {
  const port = await server(t, { publicOrigin: ['https://kith.example'] });
  const headers = { host: 'kith.example', origin: 'https://kith.example' };
  assert.equal(await statusOf(port, '/healthz', headers), 200);
  assert.equal(await upgradeStatus(`ws://127.0.0.1:${port}/v1/channels`, headers), 101);
});

test('requests under foreign names do not make the server read its network cards each time', () => {
  let now = 0;
  let reads = 0;
  const readAddresses = (): string[] => [`192.0.2.${(reads += 1)}`];
  const options = { certificate: null, host: '0.0.0.0', publicOrigins: [], readAddresses, clock: { now: () => now } };
  const origins = new OwnOrigins(options);
  origins.listensAt(12_345);
  for (let nth = 0; nth < 1_000; nth += 1) assert.equal(origins.isOwnHost(`evil${nth}.test`), false);
  for (let nth = 0; nth < 1_000; nth += 1) assert.equal(origins.includes(`http://10.0.0.${nth % 256}:12345`), false);
  assert.equal(reads, 1);
  now += 1_000;
  assert.ok(origins.isOwnHost('192.0.2.2'));
  assert.ok(origins.includes('http://192.0.2.2:12345'));
});

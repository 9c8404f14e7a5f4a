// Pages of other sites, and names of other sites that resolve to this server, get nothing from a name server.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
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

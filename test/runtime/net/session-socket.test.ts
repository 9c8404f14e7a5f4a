// A session carries JSON both ways; whatever the server is or does, the client hears one `onClosed` and nothing throws.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { openSession } from '../../../runtime/net/server-connection/session-socket.js';
import { expected } from '../link/links.js';

const HELLO = { version: '7', nonce: 'a', origin: 'http://one.test:1' };

async function serve(
  context: TestContext,
  onSession: (socket: WebSocket, request: IncomingMessage) => void,
): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/v1/session' });
  await once(server, 'listening');
  server.on('connection', onSession);
  context.after(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Opens a session and waits for its end. `onFrame` may act on it. */
async function session(server: string, onOpened: (socket: ReturnType<typeof openSession>) => void = () => undefined) {
  const frames: unknown[] = [];
  const closed = expected<string>();
  const socket = openSession(server, HELLO, {
    onOpened: () => onOpened(socket),
    onFrame: (frame) => frames.push(frame),
    onClosed: closed.come,
  });
  return { frames, reason: await closed.value };
}

test('frames are JSON both ways, and what is no JSON comes as undefined', async (context) => {
  const server = await serve(context, (socket) => {
    socket.on('message', (data: Buffer) => {
      for (const text of [data.toString(), '{', '[1]']) socket.send(text);
      socket.send(Buffer.from('{}'), { binary: true });
      socket.close();
    });
  });
  const { frames, reason } = await session(`${server}/`, (socket) => socket.send({ type: 'pong' }));
  assert.deepEqual(frames, [{ type: 'pong' }, undefined, [1], undefined]);
  assert.match(reason, /ended the session/);
});

test('the hello travels with the request', async (context) => {
  const heard: unknown[] = [];
  const server = await serve(context, (socket, { url = '' }) => {
    heard.push(Object.fromEntries(new URL(url, 'http://server.test').searchParams));
    socket.close();
  });
  await session(server);
  assert.deepEqual(heard, [HELLO]);
});

test('a frame beyond the bound ends the session', async (context) => {
  const server = await serve(context, (socket) => socket.send('x'.repeat(LIMITS.sessionFrameBytes + 1)));
  const { frames, reason } = await session(server);
  assert.deepEqual(frames, []);
  assert.match(reason, /payload/);
});

test('a server that is away, and addresses that make no sense, close the session with a reason', async () => {
  assert.match((await session('http://127.0.0.1:1')).reason, /nothing listens there/);
  for (const server of ['', 'ftp://127.0.0.1', 'http://127.0.0.1:99999', 'http://']) {
    assert.ok((await session(server)).reason.length > 0, server);
  }
});

test('a server of another kind closes the session with a reason', async (context) => {
  const server = createServer((socket) => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const { reason } = await session(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  assert.match(reason, /404/);
});

test('close ends the session at both ends, and what is sent after it goes nowhere', async (context) => {
  const gone = expected<void>();
  const server = await serve(context, (socket) => socket.on('close', () => gone.come()));
  const { reason } = await session(server, (socket) => {
    socket.close();
    socket.send({ type: 'pong' });
  });
  assert.ok(reason.length > 0);
  await gone.value;
});

test('close before the session opened is quiet', async (context) => {
  const server = await serve(context, () => undefined);
  const closed = expected<string>();
  const socket = openSession(server, HELLO, {
    onOpened: () => assert.fail('opened'),
    onFrame: () => assert.fail('frame'),
    onClosed: closed.come,
  });
  socket.close();
  await closed.value;
});

// A door for lines carries JSON both ways; whatever the server is or does, the client hears one `onClosed`.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { openLineSocket } from '../../../runtime/net/server-connection/line-socket.js';
import { expected } from '../link/links.js';

async function serve(context: TestContext, onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer(onSocket);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Opens the door and waits for its end. */
async function visit(port: number, onOpened: (socket: ReturnType<typeof openLineSocket>) => void = () => undefined) {
  const frames: unknown[] = [];
  const closed = expected<string>();
  const socket = openLineSocket(
    { host: '127.0.0.1', port },
    { onOpened: () => onOpened(socket), onFrame: (frame) => frames.push(frame), onClosed: closed.come },
  );
  return { frames, reason: await closed.value };
}

test('each line is a JSON value, wherever the segments fall; what is none comes as undefined', async (context) => {
  const port = await serve(context, (socket) => {
    socket.on('data', (chunk) => {
      const bytes = Buffer.concat([chunk, Buffer.from('{\r\n"ä"\n[1]\r\n{"cut":')]);
      for (const byte of bytes) socket.write(Buffer.of(byte));
      socket.end();
    });
  });
  const { frames, reason } = await visit(port, (socket) => socket.send({ type: 'pong' }));
  assert.deepEqual(frames, [{ type: 'pong' }, undefined, 'ä', [1]]);
  assert.match(reason, /ended/);
});

test('a line beyond the bound, or one that is not UTF-8, ends the connection', async (context) => {
  for (const bytes of [Buffer.alloc(LIMITS.channelClientFrameBytes + 2, 'x'), Buffer.from([0xff, 0x0a])]) {
    const port = await serve(context, (socket) => {
      socket.on('error', () => undefined); // the client breaks off
      socket.write(bytes);
    });
    const { frames, reason } = await visit(port);
    assert.deepEqual(frames, []);
    assert.match(reason, /a line that is (oversized|not-utf8)/);
  }
});

test('a server that is away closes with a reason, and so does one that we leave', async (context) => {
  assert.match((await visit(1)).reason, /nothing listens there/);
  const port = await serve(context, (socket) => socket.resume());
  const { reason } = await visit(port, (socket) => {
    socket.close();
    socket.send({ type: 'pong' });
  });
  assert.ok(reason.length > 0);
});

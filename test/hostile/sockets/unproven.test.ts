// Clients that have proven nothing make the name server buffer as little as possible.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { sessionPath } from '../../nameserver/session-offer.js';
import { runServer } from '../../nameserver/test-server.js';
import { closedByServer, rawSocket } from '../peers/raw-sockets.js';

const UPGRADE = ['Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
const KEY = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
/** The head of a text frame of 376 KiB, masked with zeroes. */
const LARGE_FRAME = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 5, 0xe0, 0, 0, 0, 0, 0]);

test('[SESS-5] before the proof the server reads 4 KiB of a session, not a whole large frame', async (t) => {
  const { port } = await runServer(t, { store: 'memory' });
  const socket = await rawSocket(t, port);
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
  socket.write(`GET ${sessionPath(`http://localhost:${port}`)} HTTP/1.1\r\n${[...UPGRADE, KEY].join('\r\n')}\r\n\r\n`);
  socket.write(LARGE_FRAME);
  socket.write(Buffer.alloc(LIMITS.sessionHandshakeBytes, ' '));
  await closedByServer(socket);
  // It was cut off. It did not end because its time for the proof was over.
  assert.match(heard, /^HTTP\/1\.1 101 /);
  assert.doesNotMatch(heard, /refused/);
});

/** Announces a body for a route, sends a part of it, and returns the status that comes at once, or 0. */
async function beginUpload(t: TestContext, port: number, { path, bytes }: { path: string; bytes: number }) {
  const socket = await rawSocket(t, port);
  const head = ['Host: localhost', 'Content-Type: application/json', `Content-Length: ${bytes}`];
  socket.write(`PUT ${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n {`);
  const status = new Promise<number>((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(chunk.toString())?.[1])));
  });
  return { socket, status };
}

test('[LOAD-17] bodies that are being received are bounded for one network', async (t) => {
  const { port } = await runServer(t, { store: 'memory' });
  const bytes = LIMITS.restBodyBytes;
  const count = LIMITS.uploadBytesPerNetwork / bytes;
  const path = '/v1/groups/lake';
  for (let nth = 0; nth < count; nth += 1) await beginUpload(t, port, { path, bytes });
  const refused = await beginUpload(t, port, { path, bytes });
  assert.equal(await refused.status, 503);
});

test('[LOAD-17] the body of a registration cannot be as large as that of a publication', async (t) => {
  const { port } = await runServer(t, { store: 'memory' });
  const { status } = await beginUpload(t, port, { path: '/v1/users/alice', bytes: LIMITS.restRecordBodyBytes + 1 });
  assert.equal(await status, 413);
});

test('[LOAD-17] a body for a path without a route is refused before it is read', async (t) => {
  const { port } = await runServer(t, { store: 'memory' });
  for (const path of ['/nothing', '/docs', '/docs/json', '/v1/groups/a/b', '/openapi.json', '/'])
    assert.match(
      String(await (await beginUpload(t, port, { path, bytes: LIMITS.restBodyBytes })).status),
      /^40[45]$/,
      path,
    );
});

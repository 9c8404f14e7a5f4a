// Connections that are silent, slow or idle: the name server closes each within 40 seconds.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { runServer } from '../../nameserver/test-server.js';
import { closedByServer, rawSocket, trickle } from '../peers/raw-sockets.js';

const HEAD = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n';
const UPLOAD =
  'PUT /v1/users/alice HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n';

test('[LOAD-15] silent, slow and idle connections are closed', async (t) => {
  const { port } = await runServer(t, { store: 'memory', doors: 'ws,tcp', tcpPort: '0' });
  const silent = await rawSocket(t, port);
  const slowHead = await rawSocket(t, port);
  const slowBody = await rawSocket(t, port);
  const idle = await rawSocket(t, port);
  void trickle(slowHead, HEAD + 'X: '.padEnd(100, 'x'), 1_000);
  slowBody.write(UPLOAD);
  void trickle(slowBody, ' '.repeat(900), 1_000);
  idle.write(`${HEAD}\r\n`);
  await Promise.all([silent, slowHead, slowBody, idle].map(closedByServer));
});

test('[LOAD-15] a silent connection to the lines of channels is closed', async (t) => {
  const { channelHost } = await runServer(t, { store: 'memory', doors: 'tcp', tcpPort: '0' });
  await closedByServer(await rawSocket(t, channelHost.channels?.tcpPort ?? 0));
});

test('[LOAD-15] a client that does not read its answers is closed', async (t) => {
  const { port, app } = await runServer(t, { store: 'memory' });
  const accepted = once(app.server, 'connection');
  const socket = await rawSocket(t, port);
  socket.pause();
  const [ours] = (await accepted) as [import('node:net').Socket];
  // Large answers, until the buffers of both hosts are full.
  const request = 'GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n';
  for (let count = 0; count < 2_000; count += 1) socket.write(request);
  await once(ours, 'close', { signal: AbortSignal.timeout(60_000) });
  assert.ok(ours.destroyed);
});

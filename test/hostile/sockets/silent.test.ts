// Connections that are silent, slow or idle: the name server closes each. Here its deadlines are fractions of a second;
// the real ones end before 40 s.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { HTTP_DEADLINES, type HttpDeadlines } from '../../../runtime/net/gate/http-guard.js';
import { runServer } from '../../nameserver/test-server.js';
import { closedByServer, rawSocket, trickle } from '../peers/raw-sockets.js';

const HEAD = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n';
const UPLOAD =
  'PUT /v1/users/alice HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n';

const SHORT: HttpDeadlines = { headMs: 200, requestMs: 400, idleMs: 200, stallMs: 400, checkMs: 50 };
/** So slow that no head and no body is whole in time. */
const PACE_MS = 20;

test('[LOAD-15] the deadlines of HTTP, with the interval of looking for late requests, end before 40 s', () => {
  const { headMs, requestMs, idleMs, stallMs, checkMs } = HTTP_DEADLINES;
  for (const deadline of [headMs, requestMs, idleMs, stallMs]) assert.ok(deadline + checkMs < 40_000);
});

test('[LOAD-15] silent, slow and idle connections are closed', async (t) => {
  const { port } = await runServer(t, { store: 'memory' }, undefined, { deadlines: SHORT });
  const silent = await rawSocket(t, port);
  const slowHead = await rawSocket(t, port);
  const slowBody = await rawSocket(t, port);
  const idle = await rawSocket(t, port);
  void trickle(slowHead, HEAD + 'X: '.padEnd(100, 'x'), PACE_MS);
  slowBody.write(UPLOAD);
  void trickle(slowBody, ' '.repeat(900), PACE_MS);
  idle.write(`${HEAD}\r\n`);
  await Promise.all([silent, slowHead, slowBody, idle].map(closedByServer));
});

test('[LOAD-15] a client that does not read its answers is closed', async (t) => {
  const { port, app } = await runServer(t, { store: 'memory' }, undefined, { deadlines: SHORT });
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

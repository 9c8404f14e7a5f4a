// Connections that are reset while a handshake is on its way: the name server loses nothing but those connections.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { sessionPath } from '../nameserver/session-offer.js';
import { runServer } from '../nameserver/test-server.js';

const UPGRADE = [
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
];

/** Sends a request and resets the connection at once, so that its socket has no address when the server looks. */
async function resetDuring(port: number, path: string, headers: readonly string[]): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
  socket.resetAndDestroy();
}

for (const requestsPerMinute of ['0', '1000000']) {
  test(`resets during an upgrade end nothing, with a limit of ${requestsPerMinute} requests`, async (t) => {
    const server = await runServer(t, { requestsPerMinute });
    for (let round = 0; round < 60; round += 1) {
      const paths = [sessionPath(`http://localhost:${server.port}`), '/v1/session', '/v1/channels'];
      await Promise.all(paths.map((path) => resetDuring(server.port, path, UPGRADE)));
      await resetDuring(server.port, '/v1/users?online=true', ['Host: localhost']);
    }
    const response = await fetch(`http://127.0.0.1:${server.port}/healthz`);
    assert.equal(response.status, 200);
  });
}

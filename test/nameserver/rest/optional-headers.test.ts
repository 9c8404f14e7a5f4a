// Headers that do not decide a route: an `Upgrade` to another protocol is ignored, and two `Host` lines are malformed.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { listenMetrics } from '../../../runtime/net/metrics-listener.js';
import { runServer } from '../test-server.js';

/** What the server sends until it closes the connection. */
function exchange(port: number, lines: readonly string[], body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.write([...lines, '', body].join('\r\n'));
  });
}

const H2C = ['Connection: Upgrade, HTTP2-Settings, close', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
const HOST = 'Host: localhost';

test('an upgrade to HTTP/2 is ignored, with and without a body (RFC 9110, 7.8)', async (t) => {
  const { port } = await runServer(t);
  for (const path of ['/healthz', '/v1/channels']) {
    assert.match(await exchange(port, [`GET ${path} HTTP/1.1`, HOST, ...H2C]), /^HTTP\/1\.1 200 /, path);
  }
  const posted = ['PUT /v1/users/alice HTTP/1.1', HOST, 'Content-Type: application/json', 'Content-Length: 2', ...H2C];
  assert.match(await exchange(port, posted, '{}'), /^HTTP\/1\.1 400 [^]*MALFORMED/);
});

test('two Host lines are refused at every HTTP door (RFC 9112, 3.2)', async (t) => {
  const { port } = await runServer(t);
  const twice = [HOST, 'host: localhost', 'Connection: close'];
  assert.match(await exchange(port, ['GET /healthz HTTP/1.1', ...twice]), /^HTTP\/1\.1 400 /);
  const metrics = await listenMetrics(0, () => Promise.resolve({ type: 'text/plain', text: '' }));
  t.after(() => metrics.close());
  assert.match(await exchange(metrics.port, ['GET /metrics HTTP/1.1', ...twice]), /^HTTP\/1\.1 400 /);
  assert.match(await exchange(metrics.port, ['GET /metrics HTTP/1.1', HOST, ...H2C]), /^HTTP\/1\.1 200 /);
});

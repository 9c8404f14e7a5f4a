// Finding a name server, and telling one from whatever else may hold its port.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ensureNameServer, probe, type NameServerAddress } from '../../start/name-server-process.js';

async function addressOf(t: TestContext, listener: RequestListener): Promise<NameServerAddress> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { host: '127.0.0.1', port, data: join(tmpdir(), 'never-made') };
}

test('a name server that answers is found, and none is started', async (t) => {
  const address = await addressOf(t, (request, response) => {
    response.end(request.url === '/healthz' ? '{"ok":true}' : '');
  });
  assert.deepEqual(await ensureNameServer(address), { type: 'found' });
});

for (const [what, listener] of [
  ['another web server', (_request, response) => response.end('hello')],
  ['a server without that page', (_request, response) => response.writeHead(404).end('{}')],
  ['JSON of another program', (_request, response) => response.end('{"ok":"yes"}')],
] as [string, RequestListener][]) {
  test(`${what} on the port is no name server, and says so in a line that helps`, async (t) => {
    const address = await addressOf(t, listener);
    assert.equal(await probe(address), 'other');
    await assert.rejects(ensureNameServer(address), /Port \d+ of 127\.0\.0\.1 is used by something that is not/);
  });
}

test('a free port has no server', async (t) => {
  const address = await addressOf(t, () => undefined);
  const free = { ...address, port: await freePort() };
  assert.equal(await probe(free), 'none');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

// Strangers hold the port of a client with connections that never finish. A friend still gets in.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type ConnectionOptions } from 'node:tls';
import { test, type TestContext } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { makeSigningKey } from '../../../runtime/crypto.js';
import { makeCertificate } from '../../../runtime/link/certificate.js';
import { dialLink } from '../../../runtime/link/dial-link.js';
import { receivedOn, listen, type Host } from '../../runtime/link/links.js';
import { rawSockets } from '../peers/raw-sockets.js';

async function friendGetsIn(host: Host): Promise<void> {
  const certificate = makeCertificate(makeSigningKey());
  const link = await dialLink({ endpoints: [host.endpoint], certificate, timeoutMs: 10_000 });
  receivedOn(link);
  assert.equal(link.remote.port, host.endpoint.port);
  link.destroy();
}

/** A connection that finishes TLS with a fresh key, and says no hello. */
async function greetNever(t: TestContext, { host, port }: { host: string; port: number }): Promise<void> {
  const { certificate, secret } = makeCertificate(makeSigningKey());
  const options: ConnectionOptions = { cert: certificate, key: secret, ALPNProtocols: ['kith/1'] };
  const socket = connect({ host, port, rejectUnauthorized: false, ...options });
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  await once(socket, 'secureConnect');
}

test('[LINK-20] twice as many silent connections as may wait do not keep a friend out', async (t) => {
  const host = await listen(t);
  await rawSockets(t, host.endpoint.port, 2 * LIMITS.linkWaitingMax);
  await friendGetsIn(host);
});

test('[LINK-20] as many strangers with a certificate and no hello do not keep a friend out', async (t) => {
  const host = await listen(t);
  for (let count = 0; count < LIMITS.linkWaitingMax + 8; count += 8)
    await Promise.all(Array.from({ length: 8 }, () => greetNever(t, host.endpoint)));
  await friendGetsIn(host);
});

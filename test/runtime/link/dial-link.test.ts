// A dial takes the first right peer among its endpoints, and says in one line why there is none.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { makeSigningKey } from '../../../runtime/crypto.js';
import { makeCertificate } from '../../../runtime/link/certificate.js';
import { dialLink, type CertifiedDialOptions } from '../../../runtime/link/dial-link.js';
import { listen } from './links.js';

const NOBODY = { host: '127.0.0.1', port: 1 };

async function dial(context: TestContext, options: Partial<CertifiedDialOptions>) {
  const certificate = makeCertificate(makeSigningKey());
  const link = await dialLink({ endpoints: [], certificate, timeoutMs: 5_000, ...options });
  context.after(() => link.destroy());
  return link;
}

/** Accepts connections and says nothing. */
async function silence(context: TestContext) {
  const server = createServer((socket) => context.after(() => socket.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

test('an endpoint where nothing listens is passed over', async (context) => {
  const host = await listen(context);
  const link = await dial(context, { endpoints: [NOBODY, host.endpoint] });
  assert.equal(link.peerKey, host.certificate.publicKey);
});

test('a silent endpoint does not keep the next from being tried', async (context) => {
  const host = await listen(context);
  const link = await dial(context, { endpoints: [await silence(context), host.endpoint] });
  assert.equal(link.peerKey, host.certificate.publicKey);
});

test('an endpoint with another peer is passed over', async (context) => {
  const [wrong, right] = [await listen(context), await listen(context)];
  const accepts = (peerKey: string) => peerKey === right.certificate.publicKey;
  const link = await dial(context, { endpoints: [wrong.endpoint, right.endpoint], accepts });
  assert.equal(link.peerKey, right.certificate.publicKey);
});

test('a client does not dial itself', async (context) => {
  const host = await listen(context);
  const dialled = dial(context, { endpoints: [host.endpoint], certificate: host.certificate });
  await assert.rejects(dialled, /another device answered/);
});

test('a dial with its own check may reach itself', async (context) => {
  const host = await listen(context);
  const link = await dial(context, { endpoints: [host.endpoint], certificate: host.certificate, mayBeUs: true });
  assert.equal(link.peerKey, host.certificate.publicKey);
});

test('both sides must speak the same protocol', async (context) => {
  const host = await listen(context, { protocol: 'kith-peer/2' });
  const link = await dial(context, { endpoints: [host.endpoint], protocol: 'kith-peer/2' });
  assert.equal(link.peerKey, host.certificate.publicKey);
  await assert.rejects(dial(context, { endpoints: [host.endpoint] }), /OperationalError/);
});

test('if no endpoint answers, each says why', async (context) => {
  const endpoints = [NOBODY, { host: '127.0.0.1', port: 2 }];
  await assert.rejects(
    dial(context, { endpoints }),
    /^OperationalError: 127.0.0.1:1: nothing listens.*127.0.0.1:2: nothing/,
  );
});

test('a dial ends when its time is over', async (context) => {
  const endpoints = [await silence(context)];
  await assert.rejects(dial(context, { endpoints, timeoutMs: 20 }), /no answer in time/);
});

test('an aborted dial ends at once', async (context) => {
  const wish = new AbortController();
  const dialled = dial(context, { endpoints: [await silence(context)], signal: wish.signal });
  wish.abort();
  await assert.rejects(dialled, /the dial was cancelled/);
});

test('endpoints that cannot be dialled are no endpoints', async (context) => {
  const endpoints = [
    { host: '127.0.0.1', port: 0 },
    { host: '127.0.0.1', port: 70_000 },
    { host: '', port: 5 },
  ];
  await assert.rejects(dial(context, { endpoints }), /no address to try/);
});

// A port pair has one number for TCP and UDP, or does not exist.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { makeExchangeKey, makeSigningKey } from '../../../runtime/crypto.js';
import { makeCertificate } from '../../../runtime/link/certificate.js';
import { dialKnocking } from '../../../runtime/link/dial-link.js';
import { listenLinks } from '../../../runtime/link/listen-links.js';
import { bindDatagrams } from '../../../runtime/net/datagram-socket.js';
import type { Endpoint } from '../../../runtime/net/endpoint.js';
import { openPortPair } from '../../../runtime/net/port-pair.js';
import { bob, knockAs } from '../link/knocks.js';
import { expected } from '../link/links.js';

async function open(context: TestContext, port = 0) {
  const datagram = expected<Uint8Array>();
  const keys = { device: makeSigningKey(), exchange: makeExchangeKey() };
  const pair = await openPortPair({
    ...{ host: '127.0.0.1', port, keys },
    onCaller: (caller) => caller.admit(),
    onHttp: (socket) => socket.destroy(),
    onLink: (link) => link.destroy(),
    onDatagram: (_, bytes) => datagram.come(bytes),
  });
  context.after(() => pair.close());
  const listed = { device: keys.device.publicKey, exchange: keys.exchange.publicKey };
  return { pair, listed, datagram: datagram.value };
}

test('links and datagrams arrive at one number', async (context) => {
  const [one, other] = [await open(context), await open(context)];
  other.pair.send(one.pair.endpoint, Uint8Array.of(7));
  assert.deepEqual([...(await one.datagram)], [7]);
  const knock = knockAs(one.listed, bob);
  const link = await dialKnocking({ endpoints: [one.pair.endpoint], knock, timeoutMs: 5_000 });
  link.destroy();
});

test('where only TCP is free the pair is refused, and TCP is given back', async (context) => {
  // Another test's connection may have the number for TCP: then it says nothing, and another number is tried.
  for (let tries = 1; ; tries += 1) {
    const taken = await bindDatagrams({ host: '127.0.0.1', port: 0, onDatagram: () => undefined });
    context.after(() => taken.close());
    if (!(await isFreeForLinks(taken.endpoint)) && tries < TRIES) continue;
    await assert.rejects(open(context, taken.endpoint.port), /the port is in use/);
    if ((await isFreeForLinks(taken.endpoint)) || tries >= TRIES) return assert.ok(tries < TRIES);
  }
});

const TRIES = 20;

async function isFreeForLinks(endpoint: Endpoint): Promise<boolean> {
  try {
    const certificate = makeCertificate(makeSigningKey());
    const listener = await listenLinks({ ...endpoint, certificate, onLink: () => undefined });
    await listener.close();
    return true;
  } catch (error) {
    assert.match(String(error), /the port is in use/);
    return false;
  }
}

// A friend offers addresses in our network, and measures which of them are open.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { LIMITS } from '../../protocols/kit/limits.js';
import { makeSigningKey } from '../../runtime/crypto.js';
import { makeCertificate } from '../../runtime/link/certificate.js';
import { dialLink } from '../../runtime/link/dial-link.js';
import { clock } from '../../runtime/sources.js';
import { FakePeer } from '../client/engine/harness/fake-peer.js';
import type { Client } from '../client/engine/harness/test-client.js';
import { Testbed } from '../client/engine/harness/testbed.js';

const TARGETS = ['localhost', 'router.lan', '127.0.0.1', '::1', '10.0.0.1', '169.254.169.254', '::ffff:127.0.0.1'];
const CLOSED = { host: '127.0.0.1', port: 1 };

function offers(targets: readonly string[]) {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const mallory = new FakePeer('mallory', testbed);
  mallory.befriend(alice);
  const dials: { dial: number; hosts: string[] }[] = [];
  testbed.passes = (_, effect) => {
    if (effect.type === 'dial') dials.push({ dial: effect.dial, hosts: effect.endpoints.map(({ host }) => host) });
    return effect.type !== 'dial';
  };
  const offer = () => {
    testbed.pass(1); // each offer is another letter
    const endpoints = targets.map((host) => ({ host, port: 22 }));
    mallory.write(alice, 'offer', { nonce: mallory.device, endpoints });
  };
  return { alice, dials, offer };
}

/** A listener that does with each connection what it is told, and tells when each came. */
async function listener(context: TestContext, take: (socket: Socket) => void) {
  const accepted: number[] = [];
  const server = createServer((socket) => {
    accepted.push(clock.now());
    context.after(() => socket.destroy());
    socket.on('error', () => undefined);
    take(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return { accepted, endpoint: { host: '127.0.0.1', port: (server.address() as AddressInfo).port } };
}

test('[LINK-16] [LINK-14] an offer makes a client dial no name and no address inside its network', () => {
  const { dials, offer } = offers([...TARGETS, '203.0.113.9']);
  offer();
  assert.deepEqual(
    dials.map(({ hosts }) => hosts),
    [['203.0.113.9']],
  );
});

test('an offer of inner addresses only is not dialled at all', () => {
  const { dials, offer } = offers(TARGETS);
  offer();
  assert.deepEqual(dials, []);
});

test('[LINK-15] offers occupy only the places of offers, and a place is free when its dial has ended', () => {
  const { alice, dials, offer } = offers(['203.0.113.9']);
  for (let k = 0; k < LIMITS.dialsPerFriend + 2; k += 1) offer();
  assert.equal(dials.length, LIMITS.dialsPerFriend);
  alice.give({ type: 'dial_failed', dial: dials[0]?.dial ?? 0, reason: 'no answer in time' });
  offer();
  assert.equal(dials.length, LIMITS.dialsPerFriend + 1);
});

test('[LINK-15] after a closed port the next endpoint waits for its turn, as after a silent one', async (context) => {
  const silent = await listener(context, () => undefined);
  const resetting = await listener(context, (socket) => void socket.destroy());
  const measure = async (before: { host: string; port: number }): Promise<number> => {
    const mine = await listener(context, () => undefined);
    const certificate = makeCertificate(makeSigningKey());
    const begun = clock.now();
    const endpoints = [before, mine.endpoint];
    await assert.rejects(dialLink({ endpoints, certificate, timeoutMs: 2 * LIMITS.dialStaggerMs, mayEndEarly: false }));
    return (mine.accepted[0] ?? Infinity) - begun;
  };
  // Not before its turn, whatever the first port does: a load can only make it later.
  for (const before of [CLOSED, silent.endpoint, resetting.endpoint])
    assert.ok((await measure(before)) >= LIMITS.dialStaggerMs - 5);
});

test('[LINK-15] a dial of offered endpoints ends when its time is over, also if every port is closed', async () => {
  const certificate = makeCertificate(makeSigningKey());
  const dial = dialLink({ endpoints: [CLOSED], certificate, timeoutMs: 50, mayEndEarly: false });
  await assert.rejects(dial, /no answer in time/);
});

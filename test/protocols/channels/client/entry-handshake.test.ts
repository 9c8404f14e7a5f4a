// The entry of a client to its server: the server proves its key first.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSigned } from '../../../../protocols/kit/signed.js';
import { CHANNEL_VERSION } from '../../../../protocols/channels/client-protocol.js';
import type { ChannelClientOptions } from '../../../../protocols/channels/client/client-context.js';
import { cardShape, entryProofShape, type EntryProof } from '../../../../protocols/channels/signed-objects.js';
import type { ClientConnection } from '../../../../protocols/kit/server-proof/server-proof.js';
import type { ServerProof } from '../../../../protocols/kit/server-proof/messages.js';
import { makeSigningKey, primitives } from '../../../../runtime/crypto.js';
import { CHALLENGE, freshKey, ClientTestbed, ORIGIN, PING_MS, SERVER_KEY, FakeSender } from './client-testbed.js';

const EXPORTER = freshKey();

/** A client that has said hello to a server. */
function greeted(options: Partial<ChannelClientOptions> = {}, exporter: ClientConnection['exporter'] = null) {
  const testbed = new ClientTestbed(options);
  testbed.input({ type: 'connect' });
  testbed.open(exporter);
  return testbed;
}

test('[CHAN-1] the client speaks first and names the origin that it dialled', () => {
  const [hello] = greeted().sentOf('hello');
  assert.ok(hello);
  assert.deepEqual([hello.origin, hello.version], [ORIGIN, CHANNEL_VERSION]);
  assert.notEqual(hello.nonce, greeted().sentOf('hello')[0]?.nonce);
});

test('[CHAN-1] the entry is signed, and repeats what the server has signed', () => {
  const testbed = greeted({}, EXPORTER);
  testbed.receive(testbed.challenge({ exporter: EXPORTER }));
  const [enter] = testbed.sentOf('enter');
  assert.ok(enter);
  const { publicKey: key } = testbed.key;
  assert.deepEqual(openSigned('card', enter.card, { key, shape: cardShape, primitives }), testbed.card);
  assert.deepEqual(openSigned('entry', enter.entry, { key, shape: entryProofShape, primitives }), {
    ...{ server: SERVER_KEY.publicKey, origin: ORIGIN, challenge: CHALLENGE, exporter: EXPORTER },
    ...{ key, life: testbed.life },
  });
});

test('[VISIT-8] a server that proves nothing, or another connection, gets no entry', () => {
  const changes: Partial<ServerProof>[] = [
    { origin: 'https://elsewhere.example' },
    { nonce: freshKey() },
    { exporter: freshKey() },
    { server: freshKey() },
  ];
  const challenges = [
    ...changes.map((change) => (testbed: ClientTestbed) => testbed.challenge(change)),
    (testbed: ClientTestbed) => testbed.challenge({}, makeSigningKey()),
    (testbed: ClientTestbed) => ({ ...testbed.challenge(), server: freshKey() }),
  ];
  for (const challenge of challenges) {
    const testbed = greeted({}, EXPORTER);
    testbed.receive(challenge(testbed));
    assert.deepEqual(testbed.sentOf('enter'), []);
    assert.equal(testbed.machine.connectionState, 'away');
    assert.match(testbed.eventsOf('connection').at(-1)?.reason ?? '', /does not prove/);
  }
});

test('[VISIT-8] a welcome before the proof of the server is verified ends the connection', () => {
  const testbed = greeted();
  testbed.isPrompt = false;
  testbed.receive(testbed.challenge({}, makeSigningKey()), { type: 'welcome', pingMs: PING_MS });
  assert.equal(testbed.machine.connectionState, 'away');
});

test('[VISIT-8] a client in a browser, which sees no exporter, repeats the one of the server', () => {
  const testbed = greeted({}, { type: 'hidden' });
  testbed.receive(testbed.challenge({ exporter: EXPORTER }));
  const [enter] = testbed.sentOf('enter');
  assert.equal((JSON.parse(enter?.entry.payload ?? '{}') as EntryProof).exporter, EXPORTER);
});

test('[VISIT-8] a server with another key than expected gets no entry', () => {
  const testbed = greeted({ serverKey: () => freshKey() });
  const ref = testbed.request({ type: 'join', channel: 'lab' });
  testbed.receive(testbed.challenge());
  assert.deepEqual(testbed.sentOf('enter'), []);
  assert.equal(testbed.machine.connectionState, 'refused');
  assert.equal(testbed.refusalOf(ref), 'SERVER_CHANGED');
});

test('[CHAN-1] a frame before the hello, an early welcome, or a second challenge, ends the connection', () => {
  for (const frame of [
    { type: 'welcome', pingMs: PING_MS },
    { type: 'heard', kind: 'channel', said: new FakeSender('bob').says('hi') },
  ]) {
    const testbed = greeted();
    testbed.receive(frame);
    assert.equal(testbed.machine.connectionState, 'away');
  }
  const early = new ClientTestbed();
  early.input({ type: 'connect' });
  early.receive({ type: 'ping' });
  assert.equal(early.machine.connectionState, 'away');
  const testbed = new ClientTestbed();
  testbed.enter();
  testbed.receive(testbed.challenge());
  assert.equal(testbed.machine.connectionState, 'away');
});

test('[CHAN-1] an entry that is signed after the connection has closed is not sent', () => {
  const testbed = new ClientTestbed();
  testbed.isPrompt = false;
  testbed.input({ type: 'connect' });
  testbed.open();
  testbed.receive(testbed.challenge());
  testbed.lose();
  while (testbed.held.length > 0) testbed.release(testbed.held[0]);
  assert.deepEqual(testbed.sentOf('enter'), []);
});

// The clients of one relay: entries, refusals and timeouts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHANNEL_VERSION } from '../../../../protocols/channels/client-protocol.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { openSigned } from '../../../../protocols/kit/signed.js';
import { serverProofShape, type ServerProof } from '../../../../protocols/kit/server-proof/messages.js';
import { channelHello, NONCE, ORIGIN } from '../../../nameserver/session-offer.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { codesOf, sign, FakeClient, RelayTestbed } from './relay-testbed.js';

const alice = () => new FakeClient('alice');
const other = fakeKey('another key').publicKey;

test('[CHAN-1] the server answers a hello with its signed offer and welcomes an entry that repeats it', () => {
  const testbed = new RelayTestbed();
  const client = testbed.open();
  assert.deepEqual(testbed.told(client), [], 'the client speaks first');
  testbed.frame(client, channelHello());
  const [challenge] = testbed.told(client);
  assert.equal(challenge?.type, 'challenge');
  const { proof } = challenge;
  const key = testbed.key;
  const offer = openSigned('channel_offer', proof, { key, shape: serverProofShape, primitives: fakePrimitives });
  assert.ok(offer);
  assert.deepEqual([offer.server, offer.origin, offer.nonce], [key, ORIGIN, NONCE]);
  const who = alice();
  testbed.frame(client, { type: 'enter', card: who.card(), entry: who.entry(offer) });
  assert.deepEqual(testbed.told(client), [{ type: 'welcome', pingMs: LIMITS.channelClientPingMs }]);
  assert.equal(testbed.relay.counts.entered, 1);
});

test('[CHAN-1] an entry for another offer or key, or signed by another key, ends the connection', () => {
  const who = alice();
  const testbed = new RelayTestbed();
  const tries: ((offer: ServerProof) => object)[] = [
    (offer) => ({ entry: who.entry({ ...offer, server: other }) }),
    (offer) => ({ entry: who.entry({ ...offer, origin: 'http://elsewhere.test' }) }),
    (offer) => ({ entry: who.entry({ ...offer, challenge: other }) }),
    (offer) => ({ entry: who.entry({ ...offer, exporter: other }) }),
    (offer) => ({ entry: who.entry({ ...offer, exporter: null }) }),
    (offer) => ({ entry: who.entry(offer, { key: other }) }),
    (offer) => ({ entry: new FakeClient('mallory').entry(offer, { key: who.key }) }),
    (offer) => ({ entry: sign('card', JSON.parse(who.entry(offer).payload) as object, 'alice') }),
    () => ({ card: new FakeClient('mallory').card({ key: who.key }) }),
  ];
  for (const [nth, change] of tries.entries()) {
    const { client, offer } = testbed.knock('10.0.0.1', fakeKey('exporter').publicKey);
    const right = { type: 'enter', card: who.card(), entry: who.entry(offer) };
    testbed.frame(client, { ...right, ...change(offer) });
    assert.deepEqual(codesOf(testbed.told(client)), ['ENTRY_REFUSED'], `try ${nth}`);
    assert.ok(testbed.isClosed(client));
  }
  assert.equal(testbed.relay.clientCount, 0);
  assert.equal(testbed.relay.counts.refused_entries, tries.length);
});

test('[CHAN-1] a hello for an origin that is not own, or of another version, gets no offer', () => {
  const testbed = new RelayTestbed();
  for (const [change, code] of [
    [{ origin: 'http://elsewhere.test' }, 'ORIGIN_FOREIGN'],
    [{ version: CHANNEL_VERSION + 1 }, 'VERSION_DIFFERS'],
  ] as const) {
    const client = testbed.open();
    testbed.frame(client, { ...channelHello(), ...change });
    assert.deepEqual(codesOf(testbed.told(client)), [code]);
    assert.ok(testbed.isClosed(client));
  }
});

test('[CHAN-1] a challenge is valid for one connection only', () => {
  const testbed = new RelayTestbed();
  const who = alice();
  const first = testbed.knock();
  const second = testbed.knock();
  const frame = { type: 'enter', card: who.card(), entry: who.entry(first.offer) };
  testbed.frame(first.client, frame);
  testbed.frame(second.client, frame);
  assert.deepEqual(codesOf(testbed.told(second.client)), ['ENTRY_REFUSED']);
});

test('[CHAN-1] [LOAD-15] before the entry all other frames are refused, and the entry must arrive within 10 s', () => {
  const testbed = new RelayTestbed();
  const early = testbed.knock().client;
  testbed.frame(early, { type: 'join', channel: 'lake' });
  assert.deepEqual(codesOf(testbed.told(early)), ['MALFORMED']);
  const twice = testbed.knock().client;
  testbed.frame(twice, channelHello());
  assert.deepEqual(codesOf(testbed.told(twice)), ['MALFORMED']);
  const hasty = testbed.open();
  testbed.frame(hasty, { type: 'enter', card: alice().card(), entry: alice().card() });
  assert.deepEqual(codesOf(testbed.told(hasty)), ['MALFORMED']);
  const late = testbed.knock().client;
  const silent = testbed.open();
  testbed.pass(LIMITS.channelEntryMs - 1);
  assert.ok(!testbed.isClosed(late));
  testbed.pass(1);
  assert.deepEqual(codesOf(testbed.told(late)), ['TIMEOUT']);
  assert.deepEqual(codesOf(testbed.told(silent)), ['TIMEOUT']);
  assert.ok(testbed.isClosed(early) && testbed.isClosed(late) && testbed.isClosed(silent));
});

test('[CHAN-1] when too many handshakes are open, the oldest of the network with most is closed', () => {
  const testbed = new RelayTestbed();
  const modest = testbed.knock('10.9.9.9').client;
  const crowd = Array.from({ length: LIMITS.channelClientsEnteringMax }, () => testbed.knock('10.0.0.1').client);
  assert.deepEqual(codesOf(testbed.told(crowd[0] ?? 0)), ['SERVER_BUSY']);
  assert.ok(!testbed.isClosed(modest));
  assert.equal(testbed.relay.clientCount, LIMITS.channelClientsEnteringMax);
});

test('[CHAN-2] only the devices of its user may enter with a registered name', () => {
  const who = alice();
  const enter = (owners: readonly string[] | null): string[] => {
    const testbed = new RelayTestbed({ ownersOf: (name) => (name === 'alice' ? owners : null) });
    const { client, offer } = testbed.knock();
    testbed.frame(client, { type: 'enter', card: who.card(), entry: who.entry(offer) });
    return codesOf(testbed.told(client));
  };
  assert.deepEqual(enter([other]), ['CHANNEL_NAME_TAKEN']);
  assert.deepEqual(enter([]), ['CHANNEL_NAME_TAKEN']);
  assert.deepEqual(enter([other, who.key]), []);
  assert.deepEqual(enter(null), []);
});

test('[CHAN-2] a reserved word is refused as a name', () => {
  const testbed = new RelayTestbed();
  const who = new FakeClient('adrnin');
  const { client, offer } = testbed.knock();
  testbed.frame(client, { type: 'enter', card: who.card(), entry: who.entry(offer) });
  assert.deepEqual(codesOf(testbed.told(client)), ['NAME_INVALID']);
  assert.ok(testbed.isClosed(client));
});

test('[CHAN-11] all clients are pinged, and a client that is silent for 60 s is closed', () => {
  const testbed = new RelayTestbed();
  const silent = testbed.enter(alice(), 'lake');
  const lively = testbed.enter(new FakeClient('bob'), 'lake');
  for (let times = 0; times < 3; times += 1) {
    testbed.pass(LIMITS.channelClientPingMs);
    testbed.frame(lively, { type: 'pong' });
  }
  const told = testbed.told(silent).map(({ type }) => type);
  assert.deepEqual(
    told.filter((type) => type !== 'came'),
    ['ping', 'ping', 'error'],
  );
  assert.ok(testbed.isClosed(silent) && !testbed.isClosed(lively));
  assert.deepEqual(
    testbed.told(lively).find(({ type }) => type === 'left'),
    { type: 'left', channel: 'lake', key: new FakeClient('alice').key },
  );
});

test('[CHAN-12] a malformed frame is refused with MALFORMED and ends the connection', () => {
  const testbed = new RelayTestbed();
  const wrong: unknown[] = [undefined, null, 1, [], {}, { type: 'join' }, { type: 'join', channel: 'A!' }];
  wrong.push({ type: 'pong', more: 1 }, { type: 'say', kind: 'loud', said: alice().says('lake', 'x') });
  for (const frame of wrong) {
    const client = testbed.enter(alice());
    testbed.frame(client, frame);
    assert.deepEqual(codesOf(testbed.told(client)), ['MALFORMED']);
    assert.ok(testbed.isClosed(client));
  }
  assert.equal(testbed.relay.clientCount, 0);
});

test('[CHAN-12] a second entry is refused with MALFORMED', () => {
  const testbed = new RelayTestbed();
  const who = alice();
  const client = testbed.enter(who);
  const { offer } = testbed.knock();
  testbed.frame(client, { type: 'enter', card: who.card(), entry: who.entry(offer) });
  assert.deepEqual(codesOf(testbed.told(client)), ['MALFORMED']);
});

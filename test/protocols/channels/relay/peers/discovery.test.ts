// Peer discovery: which addresses are sent, stored and probed, and how many links are made.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../../protocols/kit/limits.js';
import { signedBytes, type Signed } from '../../../../../protocols/kit/signed.js';
import { fakeKey, fakePrimitives } from '../../../../sim/kernel/fake-primitives.js';
import { FakePeer } from '../fake-peer.js';
import { START } from '../relay-testbed.js';
import { addressOf, DiscoveryTestbed } from './discovery-testbed.js';

const MINUTE = LIMITS.peerExchangeMs;
const names = (word: string, count: number): string[] => Array.from({ length: count }, (_, nth) => `${word}${nth}`);
/** A signed address padded with more white space than is allowed. */
function padded({ payload }: Signed): Signed {
  const long = payload + ' '.repeat(1_024);
  return { payload: long, signature: fakePrimitives.sign(signedBytes('peer_address', long), fakeKey('far')) };
}
/** Enough inbound peers that discovery makes no links. */
const GUESTS = names('guest', LIMITS.peerDegreeMin);
const [TELLER = '', EAR = '', OTHER = ''] = GUESTS;

test('[RELAY-12] addresses are sent once a minute, at most 32, our own first', () => {
  const testbed = DiscoveryTestbed.among(...GUESTS);
  testbed.tellOf(TELLER, names('near', 20));
  testbed.tellOf(OTHER, names('far', 20));
  testbed.pass(40 * LIMITS.peerVerifyMs + 3 * MINUTE);
  const { link } = testbed.peer(EAR);
  const told = testbed.told.filter((each) => each.link === link);
  const waits = told.slice(1).map(({ at }, nth) => at - (told[nth]?.at ?? 0));
  assert.ok(waits.length >= 5 && waits.every((wait) => wait >= MINUTE && wait <= MINUTE + 1_000), String(waits));
  assert.equal(Math.max(...told.map(({ servers }) => servers.length)), LIMITS.peerAddressesPerFrame);
  assert.ok(told.every(({ servers }) => servers[0] === testbed.server.key && new Set(servers).size === servers.length));
  assert.ok(new Set(told.slice(-3).map(({ servers }) => servers.join())).size > 1, 'others each time');
});

test('[RELAY-12] more than 32 addresses a minute from one peer are dropped and counted', () => {
  const testbed = DiscoveryTestbed.among(...GUESTS);
  const { relay } = testbed.server;
  for (const word of ['a', 'b']) testbed.tellOf(TELLER, names(word, 20));
  assert.equal(relay.memory.addresses, LIMITS.peerAddressesPerFrame);
  assert.equal(relay.counts.dropped_flood, 8);
  testbed.tellOf(OTHER, ['another']);
  assert.equal(relay.memory.addresses, LIMITS.peerAddressesPerFrame + 1);
  assert.ok(testbed.peer(TELLER).isOpen);
  testbed.tellOf(OTHER, names('c', LIMITS.peerAddressesPerFrame + 1));
  assert.ok(testbed.peer(OTHER).isClosed, 'a longer frame is none');
});

test('[RELAY-12] an address is passed on only after a dial has reached the right key there', () => {
  const testbed = DiscoveryTestbed.among(...GUESTS);
  testbed.answers.set('absent', null).set('usurped', 'impostor');
  testbed.pass(MINUTE - 1_000);
  testbed.tellOf(TELLER, ['right', 'absent', 'usurped']);
  testbed.server.pass(1_000); // no server has answered yet
  assert.ok(!['right', 'absent', 'usurped'].some((name) => testbed.wasTold(EAR, name)));
  testbed.pass(2 * MINUTE);
  assert.deepEqual(testbed.dialled, ['right', 'absent', 'usurped']);
  assert.deepEqual(
    ['right', 'absent', 'usurped'].map((name) => testbed.wasTold(EAR, name)),
    [true, false, false],
  );
  assert.equal(testbed.server.relay.memory.addresses, 1);
});

test('[RELAY-12] a probe does not make a peer, and there is one probe at a time', () => {
  const testbed = DiscoveryTestbed.among(...GUESTS);
  testbed.tellOf(TELLER, ['near', 'far']);
  testbed.server.pass(2 * LIMITS.peerVerifyMs - 1);
  testbed.server.give({ type: 'wake' });
  const dials = () => testbed.server.effects.filter((effect) => effect.type === 'dial');
  const [first] = dials();
  assert.ok(first && dials().length === 1);
  assert.deepEqual([first.endpoint.host, first.key], ['near', fakeKey('near').publicKey]);
  const near = new FakePeer(testbed.server, 'near', { dial: first.dial });
  assert.ok(near.isClosed);
  assert.deepEqual(near.received, []);
  assert.equal(testbed.server.relay.memory.links, GUESTS.length);
});

test('[RELAY-12] one address is probed every 5 s, however fast the answers are', () => {
  const testbed = DiscoveryTestbed.among(...GUESTS);
  testbed.tellOf(TELLER, ['near', 'far']);
  testbed.pass(LIMITS.peerVerifyMs - 1_000);
  assert.deepEqual(testbed.dialled, ['near']);
  testbed.pass(1_000);
  assert.deepEqual(testbed.dialled, ['near', 'far']);
});

test('[RELAY-12] a peer is not sent its own address, and its address is probed if the link uses another one', () => {
  const testbed = DiscoveryTestbed.among(...GUESTS);
  testbed.tell(EAR, [addressOf(EAR, START, { host: 'outside' })]);
  testbed.answers.set('outside', EAR);
  testbed.pass(2 * MINUTE);
  assert.deepEqual(testbed.dialled, ['outside']);
  assert.ok(!testbed.wasTold(EAR, EAR) && testbed.wasTold(TELLER, EAR));
});

test('[RELAY-12] a changed address is probed again before it is passed on, an unchanged one is not', () => {
  const testbed = DiscoveryTestbed.among(...GUESTS);
  testbed.tellOf(TELLER, ['mover', 'stayer']);
  testbed.pass(MINUTE);
  testbed.answers.set('elsewhere', null);
  testbed.tell(TELLER, [
    addressOf('mover', testbed.server.now, { host: 'elsewhere' }),
    addressOf('stayer', testbed.server.now),
  ]);
  const before = testbed.told.length;
  testbed.pass(2 * MINUTE);
  const later = testbed.told.slice(before).flatMap(({ servers }) => servers);
  assert.deepEqual(testbed.dialled, ['mover', 'stayer', 'elsewhere']);
  assert.ok(later.includes(fakeKey('stayer').publicKey) && !later.includes(fakeKey('mover').publicKey));
});

test('[RELAY-12] a failed probe of an old address does not remove the new address', () => {
  const testbed = DiscoveryTestbed.among(...GUESTS);
  testbed.answers.set('mover', null).set('elsewhere', 'mover');
  testbed.tellOf(TELLER, ['mover']);
  testbed.server.pass(0); // the dial is under way
  testbed.tell(TELLER, [addressOf('mover', START + 1, { host: 'elsewhere' })]);
  testbed.pass(2 * MINUTE);
  assert.deepEqual(testbed.dialled, ['mover', 'elsewhere']);
  assert.ok(testbed.wasTold(EAR, 'mover'));
});

test('[RELAY-12] a peer that sends many addresses does not delay the probes of others', () => {
  const testbed = DiscoveryTestbed.among(...GUESTS);
  for (let minute = 0; minute < 5; minute += 1) {
    const made = names(`made-up-${minute}-`, LIMITS.peerAddressesPerFrame);
    for (const name of made) testbed.answers.set(name, null);
    testbed.tellOf(TELLER, made);
    testbed.tellOf(OTHER, ['honest']);
    testbed.pass(MINUTE);
  }
  assert.ok(testbed.wasTold(EAR, 'honest'));
});

test('[RELAY-12] the address in a hello needs no probe if the link was dialled there', () => {
  const testbed = DiscoveryTestbed.among(...GUESTS);
  testbed.addresses.set('wanted', addressOf('wanted', START));
  testbed.addresses.set('boaster', addressOf('boaster', START, { host: 'palace' }));
  for (const name of ['wanted', 'boaster']) testbed.ask(name);
  testbed.server.pass(0);
  assert.deepEqual(testbed.dialled, ['wanted', 'boaster']);
  testbed.answers.set('palace', null);
  testbed.pass(2 * MINUTE);
  assert.deepEqual(testbed.dialled, ['wanted', 'boaster', 'palace']);
  assert.ok(testbed.wasTold(EAR, 'wanted') && !testbed.wasTold(EAR, 'boaster'));
});

for (const [what, signed, isForgery] of [
  ['signed by another', addressOf('far', START, {}, 'liar'), true],
  ['altered after it was signed', { ...addressOf('far', START), payload: addressOf('far', START - 1).payload }, true],
  ['no address', { ...addressOf('far', START), payload: '{}' }, true],
  ['longer than any address', padded(addressOf('far', START)), true],
  ['a day old', addressOf('far', START - LIMITS.peerAddressMs), false],
  ['of a time to come', addressOf('far', START + LIMITS.relaySkewMs + 1), false],
  ['our own', addressOf('server', START), false],
] as const) {
  const end = isForgery ? 'and ends the link' : 'without blame';
  test(`[RELAY-12] an address that is ${what} is not believed, ${end}`, () => {
    for (const way of ['addresses', 'hello'] as const) {
      const testbed = DiscoveryTestbed.among(...GUESTS);
      const teller = new FakePeer(testbed.server, 'teller', { hello: way === 'addresses' });
      if (way === 'hello') teller.hello({ address: signed });
      else teller.send({ type: 'addresses', addresses: [signed] });
      assert.equal(teller.isClosed, isForgery, way);
      assert.equal(testbed.server.relay.counts.dropped_forged, isForgery ? 1 : 0);
      assert.equal(testbed.server.relay.memory.addresses, 0);
      testbed.pass(MINUTE);
      assert.deepEqual(testbed.dialled, []);
      assert.equal(new FakePeer(testbed.server, 'teller').isClosed, isForgery, 'for a while');
    }
  });
}

test('[RELAY-12] the newest address of a server counts, even if an older one arrives later', () => {
  const testbed = DiscoveryTestbed.among(...GUESTS);
  testbed.tell(TELLER, [addressOf('far', START, { host: 'new' })]);
  testbed.tell(OTHER, [addressOf('far', START - 1, { host: 'old' })]);
  testbed.pass(MINUTE);
  assert.deepEqual(testbed.dialled, ['new']);
});

test('[RELAY-12] an address is forgotten a day after it was signed', () => {
  const testbed = DiscoveryTestbed.among(...GUESTS);
  testbed.tell(TELLER, [addressOf('far', START - LIMITS.peerAddressMs + 2 * MINUTE)]);
  testbed.pass(5 * MINUTE);
  const times = testbed.told.filter(({ servers }) => servers.includes(fakeKey('far').publicKey)).map(({ at }) => at);
  assert.deepEqual([...new Set(times)], [START + MINUTE]);
  assert.equal(testbed.server.relay.memory.addresses, 0);
});

test('[RELAY-12] discovery makes links until there are 4, and again when one breaks', () => {
  const testbed = DiscoveryTestbed.among('first');
  testbed.tellOf('first', names('far', 20));
  testbed.pass(2 * MINUTE);
  assert.equal(testbed.linked.length, LIMITS.peerDegreeMin);
  testbed.pass(MINUTE);
  assert.equal(testbed.linked.length, LIMITS.peerDegreeMin);
  const [, broken = ''] = testbed.linked;
  testbed.answers.set(broken, null);
  testbed.server.give({ type: 'peer_closed', link: testbed.peer(broken).link, reason: 'gone' });
  assert.equal(testbed.linked.length, LIMITS.peerDegreeMin - 1);
  testbed.pass(MINUTE);
  assert.equal(testbed.linked.length, LIMITS.peerDegreeMin);
  assert.ok(!testbed.linked.includes(broken));
});

test('[RELAY-12] verified addresses are linked first', () => {
  const testbed = DiscoveryTestbed.among(...GUESTS);
  testbed.tellOf(OTHER, ['right', ...GUESTS]);
  testbed.pass((GUESTS.length + 1) * LIMITS.peerVerifyMs);
  testbed.tellOf(OTHER, names('unseen', 20));
  testbed.server.give({ type: 'peer_closed', link: testbed.peer(TELLER).link, reason: 'gone' });
  testbed.answers.set(TELLER, null);
  testbed.pass(3 * LIMITS.peerDiscoveryMs);
  assert.deepEqual(testbed.linked, [...GUESTS.slice(1), 'right']);
});

test('[RELAY-12] the address of a linked peer is probed, but not linked again', () => {
  const testbed = DiscoveryTestbed.among('first');
  testbed.tellOf('first', ['first']);
  testbed.pass(MINUTE);
  assert.deepEqual(testbed.dialled, ['first']);
  assert.ok(!testbed.server.effects.some(({ type }) => type === 'save_peers'));
});

test('[RELAY-12] no more servers are dialled than links are missing, the longest untried first', () => {
  const kept = names('kept', 20).map((host) => ({ host, port: 9, key: fakeKey(host).publicKey, isManual: false }));
  const testbed = new DiscoveryTestbed({ peers: kept });
  for (const { host } of kept.slice(0, -2)) testbed.answers.set(host, null);
  testbed.server.pass(LIMITS.peerRetryFirstMs);
  assert.equal(testbed.server.effects.filter((effect) => effect.type === 'dial').length, LIMITS.peerDegreeMin);
  testbed.pass(20_000);
  assert.deepEqual(
    testbed.dialled.slice(0, kept.length),
    kept.map(({ host }) => host),
  );
  assert.deepEqual(testbed.linked, ['kept18', 'kept19']);
});

test('[RELAY-12] above 8 links the newest discovered one is closed, no requested or inbound one', () => {
  const testbed = DiscoveryTestbed.among('first');
  testbed.tellOf('first', ['sought1', 'sought2']);
  testbed.ask('asked');
  testbed.pass(MINUTE);
  assert.equal(testbed.linked.length, LIMITS.peerDegreeMin);
  for (const name of names('early', 4)) testbed.visit(name);
  assert.equal(testbed.linked.length, LIMITS.peerDegreeMax);
  const [last = ''] = testbed.linked.filter((name) => name.startsWith('sought')).slice(-1);
  testbed.visit('late0');
  assert.ok(!testbed.linked.includes(last));
  assert.equal(testbed.linked.length, LIMITS.peerDegreeMax);
  testbed.visit('late1');
  assert.deepEqual(
    testbed.linked.filter((name) => name.startsWith('sought')),
    [],
  );
  for (const name of names('later', 5)) testbed.visit(name);
  testbed.ask('asked too');
  testbed.pass(3 * MINUTE);
  const safe = ['first', 'asked', 'asked too', 'late0', 'late1', ...names('early', 4), ...names('later', 5)];
  assert.deepEqual(testbed.linked.toSorted(), safe.toSorted());
});

test('[RELAY-12] with discovery off, no address is sent, accepted or probed', () => {
  const kept = { host: 'kept', port: 9, key: fakeKey('kept').publicKey, isManual: false };
  const testbed = new DiscoveryTestbed({ isDiscoveryEnabled: false, peers: [kept] });
  const peer = new FakePeer(testbed.server, 'peer', { hello: false });
  peer.hello({ address: addressOf('peer', START) });
  testbed.peers.set('peer', peer);
  testbed.tellOf('peer', ['far']);
  testbed.tell('peer', [addressOf('far', START, {}, 'liar')]);
  testbed.pass(3 * MINUTE);
  assert.deepEqual(peer.received[0], { type: 'hello', versions: [2], features: [], address: null });
  assert.deepEqual([testbed.told, testbed.dialled], [[], []]);
  assert.equal(testbed.server.relay.memory.addresses, 0);
  assert.ok(peer.isOpen);
});

test('[RELAY-12] a server that does not listen sends no address of its own, but discovers peers', () => {
  const testbed = new DiscoveryTestbed({ listensAt: null });
  const [first] = testbed.visit('first').received;
  assert.deepEqual(first, { type: 'hello', versions: [2], features: [], address: null });
  testbed.tellOf('first', ['far']);
  testbed.pass(3 * MINUTE);
  assert.deepEqual(testbed.linked, ['first', 'far']);
  assert.ok(!testbed.told.some(({ servers }) => servers.includes(testbed.server.key)));
  assert.ok(testbed.wasTold('first', 'far'));
});

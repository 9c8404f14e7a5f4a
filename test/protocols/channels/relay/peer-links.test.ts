// Links between peers: handshake, duplicate links, and what ends a link.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { fakeKey } from '../../../sim/kernel/fake-primitives.js';
import { FakePeer } from './fake-peer.js';
import { RelayNetwork } from './relay-network.js';
import { FakeClient, RelayTestbed, textsOf, fingerprintOf } from './relay-testbed.js';

const ENDPOINT = { host: 'peer', port: 9 };

/** Asks for a peer and returns the dial that follows. */
function dial(testbed: RelayTestbed, key: string | null = null): { dial: number; key: string | null } {
  testbed.give({ type: 'connect', ref: 1, endpoint: ENDPOINT, key });
  return lastDial(testbed);
}

function lastDial(testbed: RelayTestbed): { dial: number; key: string | null } {
  const found = testbed.effects.findLast((effect) => effect.type === 'dial');
  assert.ok(found);
  return found;
}

const kept = (testbed: RelayTestbed) => testbed.effects.findLast((effect) => effect.type === 'save_peers')?.peers;

test('[RELAY-1] the first key that answers is pinned; no other key is accepted later', () => {
  const testbed = new RelayTestbed();
  const peer = new FakePeer(testbed, 'peer', dial(testbed));
  assert.deepEqual(kept(testbed), [{ ...ENDPOINT, key: peer.key, isManual: true }]);
  testbed.give({ type: 'peer_closed', link: peer.link, reason: 'gone' });
  testbed.pass(LIMITS.peerRetryFirstMs);
  assert.equal(lastDial(testbed).key, peer.key);
  const impostor = new FakePeer(testbed, 'impostor', { dial: lastDial(testbed).dial, host: 'peer' });
  assert.ok(impostor.isClosed && !impostor.isOpen);
  const [status] = testbed.relay.peers();
  assert.equal(status?.lastError, 'PEER_KEY_CHANGED');
  assert.equal(status?.key, peer.key);
});

test('[RELAY-1] if a key is given with the address, only this key is accepted', () => {
  const testbed = new RelayTestbed();
  const expected = fakeKey('expected').publicKey;
  const asked = dial(testbed, expected);
  assert.equal(asked.key, expected);
  assert.ok(new FakePeer(testbed, 'peer', { dial: asked.dial }).isClosed);
  testbed.give({ type: 'connect', ref: 2, endpoint: ENDPOINT, key: fakeKey('another').publicKey });
  const answer = testbed.effects.findLast((effect) => effect.type === 'answer');
  assert.ok(answer && 'code' in answer.outcome && answer.outcome.code === 'PEER_KEY_CHANGED');
});

test('[RELAY-1] a fingerprint stands for the key until the key has answered; then the key is pinned', () => {
  const testbed = new RelayTestbed();
  const words = fingerprintOf(fakeKey('peer').publicKey);
  const asked = dial(testbed, words);
  assert.deepEqual(kept(testbed), [{ ...ENDPOINT, key: words, isManual: true }]);
  assert.ok(new FakePeer(testbed, 'impostor', { dial: asked.dial, host: 'peer' }).isClosed);
  assert.deepEqual([testbed.relay.peers()[0]?.key, testbed.relay.peers()[0]?.lastError], [words, 'PEER_KEY_CHANGED']);
  testbed.pass(2 * LIMITS.peerRetryFirstMs);
  const peer = new FakePeer(testbed, 'peer', { dial: lastDial(testbed).dial });
  assert.ok(peer.isOpen);
  assert.deepEqual(kept(testbed), [{ ...ENDPOINT, key: peer.key, isManual: true }]);
});

test('[RELAY-1] a key that is given during a handshake applies to that handshake', () => {
  const testbed = new RelayTestbed();
  const greeting = new FakePeer(testbed, 'impostor', { ...dial(testbed), hello: false, host: 'peer' });
  const key = fakeKey('peer').publicKey;
  testbed.give({ type: 'connect', ref: 2, endpoint: ENDPOINT, key });
  greeting.hello();
  assert.ok(greeting.isClosed);
  assert.deepEqual(kept(testbed), [{ ...ENDPOINT, key, isManual: true }]);
});

test('[RELAY-1] a saved fingerprint is still required after a restart', () => {
  const key = fingerprintOf(fakeKey('peer').publicKey);
  const testbed = new RelayTestbed({ peers: [{ ...ENDPOINT, key, isManual: true }] });
  testbed.pass(0);
  assert.ok(new FakePeer(testbed, 'impostor', { dial: lastDial(testbed).dial, host: 'peer' }).isClosed);
});

test('[RELAY-1] a key and a fingerprint for one peer must match, and the key replaces the fingerprint', () => {
  const key = fakeKey('peer').publicKey;
  for (const [first, second, stays] of [
    [key, fingerprintOf(key), key],
    [fingerprintOf(key), key, key],
    [fingerprintOf(key), fingerprintOf(fakeKey('other').publicKey), null],
    [key, fingerprintOf(fakeKey('other').publicKey), null],
    [fingerprintOf(key), fakeKey('other').publicKey, null],
  ] as const) {
    const testbed = new RelayTestbed();
    for (const asked of [first, second]) testbed.give({ type: 'connect', ref: 1, endpoint: ENDPOINT, key: asked });
    const answer = testbed.effects.findLast((effect) => effect.type === 'answer')?.outcome;
    assert.equal(answer && 'code' in answer ? answer.code : null, stays === null ? 'PEER_KEY_CHANGED' : null);
    assert.equal(testbed.relay.peers()[0]?.key, stays ?? first);
    assert.equal(kept(testbed)?.[0]?.key, stays ?? first);
  }
  const us = new RelayTestbed();
  us.give({ type: 'connect', ref: 1, endpoint: ENDPOINT, key: fingerprintOf(us.key) });
  assert.deepEqual(us.relay.peers(), []);
});

test('[RELAY-1] only disconnecting removes a pinned key', () => {
  const testbed = new RelayTestbed();
  const peer = new FakePeer(testbed, 'peer', dial(testbed));
  testbed.give({ type: 'disconnect', ref: 3, peer: peer.key.slice(0, 8) });
  assert.ok(peer.isClosed);
  assert.deepEqual(kept(testbed), []);
  assert.equal(dial(testbed).key, null);
  assert.ok(new FakePeer(testbed, 'impostor', { dial: lastDial(testbed).dial, host: 'peer' }).isOpen);
});

test('[RELAY-2] both sides send hello first; large frames are allowed after it', () => {
  const testbed = new RelayTestbed();
  const peer = new FakePeer(testbed, 'peer', { hello: false });
  assert.deepEqual(peer.received, [{ type: 'hello', versions: [2], features: [], address: null }]);
  assert.equal(testbed.relay.peers().length, 0);
  peer.hello({ versions: [2, 9], features: ['x-later'] });
  assert.ok(peer.isOpen);
  assert.ok(testbed.effects.some((effect) => effect.type === 'peer_allow_large_frames' && effect.link === peer.link));
});

test('[RELAY-2] no hello within 5 s, another first frame, a second hello or no common version ends the link', () => {
  const testbed = new RelayTestbed();
  const open = (name: string, hello: boolean) => new FakePeer(testbed, name, { hello });
  const late = open('late', false);
  const early = open('early', false);
  early.send({ type: 'ping' });
  const twice = open('twice', true);
  twice.hello();
  const newer = open('newer', false);
  newer.hello({ versions: [1, 3] });
  assert.ok(early.isClosed && twice.isClosed && newer.isClosed && !late.isClosed);
  testbed.pass(LIMITS.peerHandshakeMs);
  assert.ok(late.isClosed);
});

test('[RELAY-2] frames that start with x- are ignored; a malformed frame ends the link', () => {
  const testbed = new RelayTestbed();
  const peer = new FakePeer(testbed, 'peer');
  peer.send({ type: 'x-news', about: 'anything' });
  assert.ok(peer.isOpen);
  const wrong: unknown[] = [undefined, null, 'x-news', {}, { type: 'news' }, { type: 'ping', more: 1 }];
  for (const [nth, frame] of wrong.entries()) {
    const liar = new FakePeer(testbed, `liar${nth}`);
    liar.send(frame);
    assert.ok(liar.isClosed, String(nth));
  }
  assert.equal(testbed.relay.counts.dropped_malformed, wrong.length);
  assert.equal(testbed.relay.memory.links, 1);
});

test('[RELAY-3] of two links dialled at once, both ends keep the one that the smaller key dialled', () => {
  const net = RelayNetwork.of(['a', 'b'], []);
  const who = new FakeClient('alice');
  const client = net.at('a').enter(who, 'lake');
  const member = net.at('b').enter(new FakeClient('bob'), 'lake');
  for (const [from, to] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const)
    net.at(from).give({ type: 'connect', ref: 0, endpoint: { host: to, port: 1 }, key: null });
  net.at('a').say(client, who.says('lake', 'before'));
  net.settle();
  net.at('a').say(client, who.says('lake', 'after'));
  net.settle();
  net.pass(LIMITS.relayReorderMs + 100); // earlier messages never arrive here
  assert.deepEqual(textsOf(net.at('b').told(member)), ['after']);
  const [a, b] = [net.at('a').relay, net.at('b').relay];
  assert.deepEqual([a.memory.links, b.memory.links], [1, 1]);
  assert.deepEqual([a.peers().length, b.peers().length], [1, 1]);
  const smaller = net.at('a').key < net.at('b').key ? 'a' : 'b';
  const dials = net.at(smaller).effects.filter((effect) => effect.type === 'peer_close').length;
  assert.ok(dials > 0);
});

test('[RELAY-3] a later link of the same dialler replaces the earlier one, which may be dead', () => {
  const testbed = new RelayTestbed();
  const before = new FakePeer(testbed, 'peer');
  const after = new FakePeer(testbed, 'peer');
  assert.ok(before.isClosed && after.isOpen);
  assert.equal(testbed.relay.peers().length, 1);
});

test('[RELAY-3] a server never links to itself', () => {
  const testbed = new RelayTestbed();
  const asked = dial(testbed);
  const mirror = new FakePeer(testbed, 'server', { dial: asked.dial, host: 'peer' });
  assert.ok(mirror.isClosed);
  assert.deepEqual(testbed.relay.peers(), []);
  const alone = new RelayTestbed({ listensAt: ENDPOINT });
  alone.give({ type: 'connect', ref: 1, endpoint: ENDPOINT, key: null });
  const answer = alone.effects.find((effect) => effect.type === 'answer');
  assert.ok(answer && 'code' in answer.outcome && answer.outcome.code === 'PEER_SELF');
});

test('[RELAY-10] frames beyond the burst of a link are dropped and counted; the rate recovers with time', () => {
  const testbed = new RelayTestbed();
  const peer = new FakePeer(testbed, 'peer');
  for (let nth = 0; nth < LIMITS.peerFramesBurst + 10; nth += 1) peer.send({ type: 'pong' });
  assert.equal(testbed.relay.counts.dropped_flood, 11);
  testbed.pass(100);
  for (let nth = 0; nth < LIMITS.peerFramesPerSecond / 10; nth += 1) peer.send({ type: 'pong' });
  assert.equal(testbed.relay.counts.dropped_flood, 11);
  assert.ok(peer.isOpen);
});

test('[RELAY-9] a silent link is cut, a link that answers pings stays', () => {
  const testbed = new RelayTestbed();
  const silent = new FakePeer(testbed, 'silent');
  const lively = new FakePeer(testbed, 'lively');
  const step = LIMITS.peerStallMs / 2;
  for (let passed = step; passed <= LIMITS.peerSilenceMs; passed += step) {
    assert.ok(silent.isOpen);
    testbed.pass(step);
    for (const { link } of [silent, lively]) testbed.give({ type: 'peer_drained', link });
    if (passed % LIMITS.peerPingMs === 0) lively.send({ type: 'pong' });
  }
  assert.ok(silent.isClosed && lively.isOpen);
  assert.ok(lively.received.some(({ type }) => type === 'ping'));
});

test('[RELAY-13] a broken link is dialled again after growing waits of at most a minute, forever', () => {
  const testbed = new RelayTestbed();
  let asked = dial(testbed);
  const waits: number[] = [];
  for (let times = 0; times < 20; times += 1) {
    testbed.give({ type: 'dial_failed', dial: asked.dial, reason: 'refused' });
    const failedAt = testbed.now;
    while (lastDial(testbed).dial === asked.dial) testbed.pass(100);
    asked = lastDial(testbed);
    waits.push(testbed.now - failedAt);
  }
  assert.ok((waits[0] ?? 0) <= 1_100 && waits.every((wait) => wait <= LIMITS.peerRetryCeilingMs + 100));
  assert.ok(Math.min(...waits.slice(8)) >= LIMITS.peerRetryCeilingMs / 2);
  assert.equal(new Set(waits).size > 8, true);
});

test('[RELAY-13] discovered peers are forgotten after 8 failed dials; saved peers are dialled after a restart', () => {
  const key = fakeKey('peer').publicKey;
  const testbed = new RelayTestbed({ isDiscoveryEnabled: true, peers: [{ ...ENDPOINT, key, isManual: false }] });
  testbed.pass(0);
  for (let times = 0; times < LIMITS.peerDialFailuresMax; times += 1) {
    assert.equal(lastDial(testbed).key, key);
    testbed.give({ type: 'dial_failed', dial: lastDial(testbed).dial, reason: 'refused' });
    testbed.pass(LIMITS.peerRetryCeilingMs);
  }
  assert.deepEqual(kept(testbed), []);
  const manual = new RelayTestbed({
    peers: [
      { ...ENDPOINT, key, isManual: true },
      { host: 'z', port: 1, key, isManual: false },
    ],
  });
  manual.pass(0);
  assert.equal(manual.effects.filter(({ type }) => type === 'dial').length, 1);
});

test('when all links are taken, a link of the network with most is cut for a new one', () => {
  const testbed = new RelayTestbed();
  const modest = new FakePeer(testbed, 'modest', { host: '10.9.9.9' });
  const crowd = Array.from(
    { length: LIMITS.peerLinksMax - 1 },
    (_, nth) => new FakePeer(testbed, `c${nth}`, { host: '10.0.0.1' }),
  );
  const another = new FakePeer(testbed, 'c64', { host: '10.0.0.1' });
  assert.ok(another.isClosed);
  const guest = new FakePeer(testbed, 'guest', { host: '10.7.7.7' });
  assert.ok(guest.isOpen && modest.isOpen);
  assert.equal(crowd.filter(({ isClosed }) => isClosed).length, 1);
  assert.equal(testbed.relay.memory.links, LIMITS.peerLinksMax);
});

// Links between servers: how they begin, which of two stays, and what ends them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { fakeKey } from '../../../sim/kernel/fake-primitives.js';
import { FakePeer } from './fake-peer.js';
import { RelayNetwork } from './relay-network.js';
import { FakeClient, RelayTestbed, textsOf, fingerprintOf } from './relay-testbed.js';

const PLACE = { host: 'peer', port: 9 };

/** Asks for a peer and gives the dial that follows. */
function dial(stage: RelayTestbed, key: string | null = null): { dial: number; key: string | null } {
  stage.give({ kind: 'connect', ref: 1, place: PLACE, key });
  return lastDial(stage);
}

function lastDial(stage: RelayTestbed): { dial: number; key: string | null } {
  const found = stage.effects.findLast((effect) => effect.kind === 'dial');
  assert.ok(found);
  return found;
}

const kept = (stage: RelayTestbed) => stage.effects.findLast((effect) => effect.kind === 'keep')?.peers;

test('[RELAY-1] the key that answers first is remembered, and from then on no other', () => {
  const stage = new RelayTestbed();
  const peer = new FakePeer(stage, 'peer', dial(stage));
  assert.deepEqual(kept(stage), [{ ...PLACE, key: peer.key, isManual: true }]);
  stage.give({ kind: 'peer_closed', link: peer.link, reason: 'gone' });
  stage.pass(LIMITS.peerRetryFirstMs);
  assert.equal(lastDial(stage).key, peer.key);
  const impostor = new FakePeer(stage, 'impostor', { dial: lastDial(stage).dial, host: 'peer' });
  assert.ok(impostor.isClosed && !impostor.isOpen);
  const [status] = stage.relay.peers();
  assert.equal(status?.trouble, 'PEER_KEY_CHANGED');
  assert.equal(status?.key, peer.key);
});

test('[RELAY-1] a key given with the address is the one that must answer', () => {
  const stage = new RelayTestbed();
  const expected = fakeKey('expected').publicKey;
  const asked = dial(stage, expected);
  assert.equal(asked.key, expected);
  assert.ok(new FakePeer(stage, 'peer', { dial: asked.dial }).isClosed);
  stage.give({ kind: 'connect', ref: 2, place: PLACE, key: fakeKey('another').publicKey });
  const answer = stage.effects.findLast((effect) => effect.kind === 'answer');
  assert.ok(answer && 'code' in answer.outcome && answer.outcome.code === 'PEER_KEY_CHANGED');
});

test('[RELAY-1] a fingerprint stands for the key until that has answered; then the key is remembered', () => {
  const stage = new RelayTestbed();
  const words = fingerprintOf(fakeKey('peer').publicKey);
  const asked = dial(stage, words);
  assert.deepEqual(kept(stage), [{ ...PLACE, key: words, isManual: true }]);
  assert.ok(new FakePeer(stage, 'impostor', { dial: asked.dial, host: 'peer' }).isClosed);
  assert.deepEqual([stage.relay.peers()[0]?.key, stage.relay.peers()[0]?.trouble], [words, 'PEER_KEY_CHANGED']);
  stage.pass(2 * LIMITS.peerRetryFirstMs);
  const peer = new FakePeer(stage, 'peer', { dial: lastDial(stage).dial });
  assert.ok(peer.isOpen);
  assert.deepEqual(kept(stage), [{ ...PLACE, key: peer.key, isManual: true }]);
});

test('[RELAY-1] a key that is given while another greets holds for that one too', () => {
  const stage = new RelayTestbed();
  const greeting = new FakePeer(stage, 'impostor', { ...dial(stage), hello: false, host: 'peer' });
  const key = fakeKey('peer').publicKey;
  stage.give({ kind: 'connect', ref: 2, place: PLACE, key });
  greeting.hello();
  assert.ok(greeting.isClosed);
  assert.deepEqual(kept(stage), [{ ...PLACE, key, isManual: true }]);
});

test('[RELAY-1] a fingerprint that is kept over a restart is asked for by the next relay', () => {
  const key = fingerprintOf(fakeKey('peer').publicKey);
  const stage = new RelayTestbed({ peers: [{ ...PLACE, key, isManual: true }] });
  stage.pass(0);
  assert.ok(new FakePeer(stage, 'impostor', { dial: lastDial(stage).dial, host: 'peer' }).isClosed);
});

test('[RELAY-1] key and fingerprint must belong together, and the key counts more, whichever came first', () => {
  const key = fakeKey('peer').publicKey;
  for (const [first, second, stays] of [
    [key, fingerprintOf(key), key],
    [fingerprintOf(key), key, key],
    [fingerprintOf(key), fingerprintOf(fakeKey('other').publicKey), null],
    [key, fingerprintOf(fakeKey('other').publicKey), null],
    [fingerprintOf(key), fakeKey('other').publicKey, null],
  ] as const) {
    const stage = new RelayTestbed();
    for (const asked of [first, second]) stage.give({ kind: 'connect', ref: 1, place: PLACE, key: asked });
    const answer = stage.effects.findLast((effect) => effect.kind === 'answer')?.outcome;
    assert.equal(answer && 'code' in answer ? answer.code : null, stays === null ? 'PEER_KEY_CHANGED' : null);
    assert.equal(stage.relay.peers()[0]?.key, stays ?? first);
    assert.equal(kept(stage)?.[0]?.key, stays ?? first);
  }
  const us = new RelayTestbed();
  us.give({ kind: 'connect', ref: 1, place: PLACE, key: fingerprintOf(us.key) });
  assert.deepEqual(us.relay.peers(), []);
});

test('[RELAY-1] a pin is given up by disconnecting, and only so', () => {
  const stage = new RelayTestbed();
  const peer = new FakePeer(stage, 'peer', dial(stage));
  stage.give({ kind: 'disconnect', ref: 3, peer: peer.key.slice(0, 8) });
  assert.ok(peer.isClosed);
  assert.deepEqual(kept(stage), []);
  assert.equal(dial(stage).key, null);
  assert.ok(new FakePeer(stage, 'impostor', { dial: lastDial(stage).dial, host: 'peer' }).isOpen);
});

test('[RELAY-2] both say hello first, and the link widens after it', () => {
  const stage = new RelayTestbed();
  const peer = new FakePeer(stage, 'peer', { hello: false });
  assert.deepEqual(peer.received, [{ type: 'hello', versions: [1], features: [], address: null }]);
  assert.equal(stage.relay.peers().length, 0);
  peer.hello({ versions: [1, 9], features: ['x-later'] });
  assert.ok(peer.isOpen);
  assert.ok(stage.effects.some((effect) => effect.kind === 'peer_widen' && effect.link === peer.link));
});

test('[RELAY-2] no hello within 5 s, another frame first, a second hello or another version end the link', () => {
  const stage = new RelayTestbed();
  const open = (name: string, hello: boolean) => new FakePeer(stage, name, { hello });
  const late = open('late', false);
  const early = open('early', false);
  early.send({ type: 'ping' });
  const twice = open('twice', true);
  twice.hello();
  const newer = open('newer', false);
  newer.hello({ versions: [2, 3] });
  assert.ok(early.isClosed && twice.isClosed && newer.isClosed && !late.isClosed);
  stage.pass(LIMITS.peerHandshakeMs);
  assert.ok(late.isClosed);
});

test('[RELAY-2] frames that start with x- are ignored, what is no frame ends the link', () => {
  const stage = new RelayTestbed();
  const peer = new FakePeer(stage, 'peer');
  peer.send({ type: 'x-news', about: 'anything' });
  assert.ok(peer.isOpen);
  const wrong: unknown[] = [undefined, null, 'x-news', {}, { type: 'news' }, { type: 'ping', more: 1 }];
  for (const [nth, frame] of wrong.entries()) {
    const liar = new FakePeer(stage, `liar${nth}`);
    liar.send(frame);
    assert.ok(liar.isClosed, String(nth));
  }
  assert.equal(stage.relay.counts.dropped_malformed, wrong.length);
  assert.equal(stage.relay.memory.links, 1);
});

test('[RELAY-3] of two links that crossed, the one dialled by the smaller key stays at both ends', () => {
  const net = RelayNetwork.of(['a', 'b'], []);
  const who = new FakeClient('alice');
  const visitor = net.at('a').enter(who, 'lake');
  const ear = net.at('b').enter(new FakeClient('bob'), 'lake');
  for (const [from, to] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const)
    net.at(from).give({ kind: 'connect', ref: 0, place: { host: to, port: 1 }, key: null });
  net.at('a').say(visitor, who.says('lake', 'before'));
  net.settle();
  net.at('a').say(visitor, who.says('lake', 'after'));
  net.settle();
  net.pass(LIMITS.relayHoldMs + 100); // what was said before nobody here will ever hear
  assert.deepEqual(textsOf(net.at('b').told(ear)), ['after']);
  const [a, b] = [net.at('a').relay, net.at('b').relay];
  assert.deepEqual([a.memory.links, b.memory.links], [1, 1]);
  assert.deepEqual([a.peers().length, b.peers().length], [1, 1]);
  const smaller = net.at('a').key < net.at('b').key ? 'a' : 'b';
  const dials = net.at(smaller).effects.filter((effect) => effect.kind === 'peer_close').length;
  assert.ok(dials > 0);
});

test('[RELAY-3] a later link of the same dialler replaces an earlier one, which it may not know to be dead', () => {
  const stage = new RelayTestbed();
  const before = new FakePeer(stage, 'peer');
  const after = new FakePeer(stage, 'peer');
  assert.ok(before.isClosed && after.isOpen);
  assert.equal(stage.relay.peers().length, 1);
});

test('[RELAY-3] a server never links to itself', () => {
  const stage = new RelayTestbed();
  const asked = dial(stage);
  const mirror = new FakePeer(stage, 'server', { dial: asked.dial, host: 'peer' });
  assert.ok(mirror.isClosed);
  assert.deepEqual(stage.relay.peers(), []);
  const alone = new RelayTestbed({ listensAt: PLACE });
  alone.give({ kind: 'connect', ref: 1, place: PLACE, key: null });
  const answer = alone.effects.find((effect) => effect.kind === 'answer');
  assert.ok(answer && 'code' in answer.outcome && answer.outcome.code === 'PEER_SELF');
});

test('[RELAY-10] more than the burst of frames from one link is dropped and counted, and comes back with time', () => {
  const stage = new RelayTestbed();
  const peer = new FakePeer(stage, 'peer');
  for (let nth = 0; nth < LIMITS.peerFramesBurst + 10; nth += 1) peer.send({ type: 'pong' });
  assert.equal(stage.relay.counts.dropped_flood, 11);
  stage.pass(100);
  for (let nth = 0; nth < LIMITS.peerFramesPerSecond / 10; nth += 1) peer.send({ type: 'pong' });
  assert.equal(stage.relay.counts.dropped_flood, 11);
  assert.ok(peer.isOpen);
});

test('[RELAY-9] a silent link ends, one that answers pings stays', () => {
  const stage = new RelayTestbed();
  const silent = new FakePeer(stage, 'silent');
  const lively = new FakePeer(stage, 'lively');
  const step = LIMITS.peerStallMs / 2;
  for (let passed = step; passed <= LIMITS.peerSilenceMs; passed += step) {
    assert.ok(silent.isOpen);
    stage.pass(step);
    for (const { link } of [silent, lively]) stage.give({ kind: 'peer_drained', link });
    if (passed % LIMITS.peerPingMs === 0) lively.send({ type: 'pong' });
  }
  assert.ok(silent.isClosed && lively.isOpen);
  assert.ok(lively.received.some(({ type }) => type === 'ping'));
});

test('[RELAY-13] a broken link is dialled again with growing waits of at most a minute, without end', () => {
  const stage = new RelayTestbed();
  let asked = dial(stage);
  const waits: number[] = [];
  for (let times = 0; times < 20; times += 1) {
    stage.give({ kind: 'dial_failed', dial: asked.dial, reason: 'refused' });
    const failedAt = stage.now;
    while (lastDial(stage).dial === asked.dial) stage.pass(100);
    asked = lastDial(stage);
    waits.push(stage.now - failedAt);
  }
  assert.ok((waits[0] ?? 0) <= 1_100 && waits.every((wait) => wait <= LIMITS.peerRetryCeilingMs + 100));
  assert.ok(Math.min(...waits.slice(8)) >= LIMITS.peerRetryCeilingMs / 2);
  assert.equal(new Set(waits).size > 8, true);
});

test('[RELAY-13] those that were only heard of are given up, and the kept ones are dialled by the next relay', () => {
  const key = fakeKey('peer').publicKey;
  const stage = new RelayTestbed({ discovers: true, peers: [{ ...PLACE, key, isManual: false }] });
  stage.pass(0);
  for (let times = 0; times < LIMITS.peerTriesMax; times += 1) {
    assert.equal(lastDial(stage).key, key);
    stage.give({ kind: 'dial_failed', dial: lastDial(stage).dial, reason: 'refused' });
    stage.pass(LIMITS.peerRetryCeilingMs);
  }
  assert.deepEqual(kept(stage), []);
  const manual = new RelayTestbed({
    peers: [
      { ...PLACE, key, isManual: true },
      { host: 'z', port: 1, key, isManual: false },
    ],
  });
  manual.pass(0);
  assert.equal(manual.effects.filter(({ kind }) => kind === 'dial').length, 1);
});

test('where there is no room for links, one of the network that has most gives way', () => {
  const stage = new RelayTestbed();
  const modest = new FakePeer(stage, 'modest', { host: '10.9.9.9' });
  const crowd = Array.from(
    { length: LIMITS.peerLinksMax - 1 },
    (_, nth) => new FakePeer(stage, `c${nth}`, { host: '10.0.0.1' }),
  );
  const another = new FakePeer(stage, 'c64', { host: '10.0.0.1' });
  assert.ok(another.isClosed);
  const guest = new FakePeer(stage, 'guest', { host: '10.7.7.7' });
  assert.ok(guest.isOpen && modest.isOpen);
  assert.equal(crowd.filter(({ isClosed }) => isClosed).length, 1);
  assert.equal(stage.relay.memory.links, LIMITS.peerLinksMax);
});

// The search for peers: what is told, believed and passed on, how many links are made, and which are given up.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerAddress, PeerFrame } from '../../../../protocols/channels/peering.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Signed } from '../../../../protocols/kit/signed.js';
import { fakeKey } from '../../../sim/kernel/fake-primitives.js';
import { FakePeer } from './fake-peer.js';
import { Net } from './net.js';
import { sign, Stage } from './stage.js';

const seeker = (): Stage => new Stage({ discovers: true, listensAt: { host: 'here', port: 1 } });

/** Where a server of this name says it is. */
function addressOf(name: string, now: number, by = name): Signed {
  const address: PeerAddress = { server: fakeKey(name).publicKey, host: name, port: 9, at: now };
  return sign('peer_address', address, by);
}

/** Servers that a peer was told of, in order. */
function toldTo(peer: FakePeer): string[] {
  const frames = peer.received.filter((frame): frame is Addresses => frame.type === 'addresses');
  return frames.flatMap(({ addresses }) => addresses.map(({ payload }) => (JSON.parse(payload) as PeerAddress).host));
}

type Addresses = Extract<PeerFrame, { type: 'addresses' }>;
type Dial = Extract<Stage['effects'][number], { kind: 'dial' }>;

function dialsOf(stage: Stage): Dial[] {
  return stage.effects.filter((effect): effect is Dial => effect.kind === 'dial');
}

/** Lets time pass: whoever is linked stays so, and whom it dials answers with the right key, unless told otherwise. */
function live(
  stage: Stage,
  ms: number,
  { peers = [] as FakePeer[], answer = (name: string) => name } = {},
): FakePeer[] {
  const linked = [...peers];
  let answered = dialsOf(stage).length;
  for (let left = ms; left > 0; left -= STEP_MS) {
    stage.pass(STEP_MS);
    for (const { dial, place } of dialsOf(stage).slice(answered)) {
      answered += 1;
      linked.push(new FakePeer(stage, answer(place.host), { dial, host: place.host }));
    }
    for (const peer of linked) if (!peer.isClosed) peer.live();
  }
  return linked.slice(peers.length);
}

const STEP_MS = 1_000;
const MINUTE_MS = LIMITS.peerExchangeMs;

function linkedPlaces(stage: Stage): string[] {
  return stage.relay.peers().flatMap(({ state, host }) => (state === 'linked' ? [host] : []));
}

test('[RELAY-12] servers that know nobody in common find each other through one that knows both', () => {
  const net = new Net();
  for (const name of ['a', 'b', 'c']) net.add(name, { discovers: true });
  net.link('a', 'b');
  net.link('c', 'b');
  net.pass(3 * LIMITS.peerExchangeMs);
  const keys = net
    .at('a')
    .relay.peers()
    .map(({ key }) => key);
  assert.ok(keys.includes(net.at('c').key));
});

test('[RELAY-12] without discovery no address is told, asked for or dialled back', () => {
  const net = new Net();
  for (const name of ['a', 'c']) net.add(name, { discovers: true });
  net.add('b', { discovers: false });
  net.link('a', 'b');
  net.link('c', 'b');
  net.pass(3 * LIMITS.peerExchangeMs);
  const told = net.wire.filter(({ way, text }) => way.startsWith('b>') && /"address(es)?":[[{]/.test(text));
  assert.deepEqual(told, []);
  assert.deepEqual(dialsOf(net.at('b')), []);
  assert.equal(net.at('a').relay.peers().length, 1);
});

test('[RELAY-12] an address is passed on only after its key has answered there', () => {
  const stage = seeker();
  const [teller, listener] = [new FakePeer(stage, 'teller'), new FakePeer(stage, 'listener')];
  const peers = [teller, listener];
  teller.send({ type: 'addresses', addresses: ['good', 'false'].map((name) => addressOf(name, stage.now)) });
  assert.deepEqual(toldTo(listener), []);
  live(stage, 3 * MINUTE_MS, { peers, answer: (name) => (name === 'false' ? 'impostor' : name) });
  assert.deepEqual(new Set(toldTo(listener)), new Set(['here', 'good']));
});

test('[RELAY-12] nobody is told their own address', () => {
  const stage = seeker();
  const [teller, listener] = [new FakePeer(stage, 'teller'), new FakePeer(stage, 'listener')];
  teller.send({ type: 'addresses', addresses: [addressOf('listener', stage.now), addressOf('other', stage.now)] });
  live(stage, 3 * MINUTE_MS, { peers: [teller, listener] });
  assert.deepEqual(new Set(toldTo(listener)), new Set(['here', 'other']));
});

test('[RELAY-12] at most 32 addresses are taken in a minute, and at most 32 told', () => {
  const stage = seeker();
  const [teller, listener] = [new FakePeer(stage, 'teller'), new FakePeer(stage, 'listener')];
  const names = Array.from({ length: 40 }, (_, at) => `peer-${at}`);
  for (const name of names) teller.send({ type: 'addresses', addresses: [addressOf(name, stage.now)] });
  live(stage, 6 * MINUTE_MS, { peers: [teller, listener] });
  const frames = listener.received.filter((frame): frame is Addresses => frame.type === 'addresses');
  assert.equal(Math.max(...frames.map(({ addresses }) => addresses.length)), LIMITS.peerAddressesPerFrame);
  const told = new Set(toldTo(listener));
  told.delete('here');
  assert.deepEqual(told, new Set(names.slice(0, LIMITS.peerAddressesPerFrame)));
});

test('[RELAY-12] an address that its server did not sign cuts the link; an old one is only dropped', () => {
  const stage = seeker();
  const [liar, slow] = [new FakePeer(stage, 'liar'), new FakePeer(stage, 'slow')];
  liar.send({ type: 'addresses', addresses: [addressOf('victim', stage.now, 'liar')] });
  slow.send({ type: 'addresses', addresses: [addressOf('old', stage.now - LIMITS.peerAddressMs)] });
  assert.deepEqual([liar.isClosed, slow.isClosed], [true, false]);
  assert.deepEqual(live(stage, 2 * MINUTE_MS, { peers: [slow] }), []);
});

test('[RELAY-12] links are sought until there are four', () => {
  const stage = seeker();
  const teller = new FakePeer(stage, 'teller');
  const names = Array.from({ length: 12 }, (_, at) => `peer-${at}`);
  teller.send({ type: 'addresses', addresses: names.map((name) => addressOf(name, stage.now)) });
  live(stage, 3 * MINUTE_MS, { peers: [teller] });
  assert.equal(linkedPlaces(stage).length, LIMITS.peerDegreeMin);
});

test('[RELAY-12] above eight, links that were sought are given up, and no others', () => {
  const stage = seeker();
  stage.give({ kind: 'connect', ref: 1, place: { host: 'asked-for', port: 9 }, key: null });
  const [dialled] = dialsOf(stage);
  const manual = new FakePeer(stage, 'asked-for', { dial: dialled?.dial ?? 0 });
  manual.send({ type: 'addresses', addresses: ['one', 'two'].map((name) => addressOf(name, stage.now)) });
  const sought = live(stage, MINUTE_MS, { peers: [manual] });
  assert.deepEqual(linkedPlaces(stage).sort(), ['asked-for', 'one', 'two']);
  const incoming = Array.from({ length: 12 }, (_, at) => new FakePeer(stage, `comer-${at}`));
  live(stage, MINUTE_MS, { peers: [manual, ...sought, ...incoming] });
  assert.ok(incoming.every(({ isOpen }) => isOpen) && manual.isOpen);
  assert.ok(sought.every(({ isOpen }) => !isOpen));
});

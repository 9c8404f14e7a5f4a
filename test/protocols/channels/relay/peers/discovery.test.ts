// The search for peers: what is told, believed and looked at, how many links are made, and whom it leaves alone.

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
/** Signed as it is, with more white space than any address needs. */
function padded({ payload }: Signed): Signed {
  const long = payload + ' '.repeat(1_024);
  return { payload: long, signature: fakePrimitives.sign(signedBytes('peer_address', long), fakeKey('far')) };
}
/** Enough of them that nobody else is sought. */
const GUESTS = names('guest', LIMITS.peerDegreeMin);
const [TELLER = '', EAR = '', OTHER = ''] = GUESTS;

test('[RELAY-12] addresses are told once a minute, 32 at most, ours first', () => {
  const seeker = DiscoveryTestbed.among(...GUESTS);
  seeker.tellOf(TELLER, names('near', 20));
  seeker.tellOf(OTHER, names('far', 20));
  seeker.pass(40 * LIMITS.peerVerifyMs + 3 * MINUTE);
  const { link } = seeker.peer(EAR);
  const told = seeker.told.filter((each) => each.link === link);
  const waits = told.slice(1).map(({ at }, nth) => at - (told[nth]?.at ?? 0));
  assert.ok(waits.length >= 5 && waits.every((wait) => wait >= MINUTE && wait <= MINUTE + 1_000), String(waits));
  assert.equal(Math.max(...told.map(({ servers }) => servers.length)), LIMITS.peerAddressesPerFrame);
  assert.ok(told.every(({ servers }) => servers[0] === seeker.stage.key && new Set(servers).size === servers.length));
  assert.ok(new Set(told.slice(-3).map(({ servers }) => servers.join())).size > 1, 'others each time');
});

test('[RELAY-12] more than 32 a minute from one peer are dropped and counted, and nobody else pays for it', () => {
  const seeker = DiscoveryTestbed.among(...GUESTS);
  const { relay } = seeker.stage;
  for (const word of ['a', 'b']) seeker.tellOf(TELLER, names(word, 20));
  assert.equal(relay.memory.addresses, LIMITS.peerAddressesPerFrame);
  assert.equal(relay.counts.dropped_flood, 8);
  seeker.tellOf(OTHER, ['another']);
  assert.equal(relay.memory.addresses, LIMITS.peerAddressesPerFrame + 1);
  assert.ok(seeker.peer(TELLER).isOpen);
  seeker.tellOf(OTHER, names('c', LIMITS.peerAddressesPerFrame + 1));
  assert.ok(seeker.peer(OTHER).isClosed, 'a longer frame is none');
});

test('[RELAY-12] an address is passed on only after it was dialled back and its key answered', () => {
  const seeker = DiscoveryTestbed.among(...GUESTS);
  seeker.answers.set('absent', null).set('usurped', 'impostor');
  seeker.pass(MINUTE - 1_000);
  seeker.tellOf(TELLER, ['right', 'absent', 'usurped']);
  seeker.stage.pass(1_000); // nobody has answered yet
  assert.ok(!['right', 'absent', 'usurped'].some((name) => seeker.wasTold(EAR, name)));
  seeker.pass(2 * MINUTE);
  assert.deepEqual(seeker.dialled, ['right', 'absent', 'usurped']);
  assert.deepEqual(
    ['right', 'absent', 'usurped'].map((name) => seeker.wasTold(EAR, name)),
    [true, false, false],
  );
  assert.equal(seeker.stage.relay.memory.addresses, 1);
});

test('[RELAY-12] who was only dialled back is no peer, and one is dialled at a time', () => {
  const seeker = DiscoveryTestbed.among(...GUESTS);
  seeker.tellOf(TELLER, ['near', 'far']);
  seeker.stage.pass(2 * LIMITS.peerVerifyMs - 1);
  seeker.stage.give({ kind: 'wake' });
  const dials = () => seeker.stage.effects.filter((effect) => effect.kind === 'dial');
  const [first] = dials();
  assert.ok(first && dials().length === 1);
  assert.deepEqual([first.place.host, first.key], ['near', fakeKey('near').publicKey]);
  const near = new FakePeer(seeker.stage, 'near', { dial: first.dial });
  assert.ok(near.isClosed);
  assert.deepEqual(near.received, []);
  assert.equal(seeker.stage.relay.memory.links, GUESTS.length);
});

test('[RELAY-12] one address is looked at in 5 s, however soon it is answered', () => {
  const seeker = DiscoveryTestbed.among(...GUESTS);
  seeker.tellOf(TELLER, ['near', 'far']);
  seeker.pass(LIMITS.peerVerifyMs - 1_000);
  assert.deepEqual(seeker.dialled, ['near']);
  seeker.pass(1_000);
  assert.deepEqual(seeker.dialled, ['near', 'far']);
});

test('[RELAY-12] nobody is told their own address, and a peer at another place is dialled back there', () => {
  const seeker = DiscoveryTestbed.among(...GUESTS);
  seeker.tell(EAR, [addressOf(EAR, START, { host: 'outside' })]);
  seeker.answers.set('outside', EAR);
  seeker.pass(2 * MINUTE);
  assert.deepEqual(seeker.dialled, ['outside']);
  assert.ok(!seeker.wasTold(EAR, EAR) && seeker.wasTold(TELLER, EAR));
});

test('[RELAY-12] a server that moved is dialled back anew before it is passed on, one that stays is not', () => {
  const seeker = DiscoveryTestbed.among(...GUESTS);
  seeker.tellOf(TELLER, ['mover', 'stayer']);
  seeker.pass(MINUTE);
  seeker.answers.set('elsewhere', null);
  seeker.tell(TELLER, [
    addressOf('mover', seeker.stage.now, { host: 'elsewhere' }),
    addressOf('stayer', seeker.stage.now),
  ]);
  const before = seeker.told.length;
  seeker.pass(2 * MINUTE);
  const later = seeker.told.slice(before).flatMap(({ servers }) => servers);
  assert.deepEqual(seeker.dialled, ['mover', 'stayer', 'elsewhere']);
  assert.ok(later.includes(fakeKey('stayer').publicKey) && !later.includes(fakeKey('mover').publicKey));
});

test('[RELAY-12] that nobody answers at an old place says nothing of the new one', () => {
  const seeker = DiscoveryTestbed.among(...GUESTS);
  seeker.answers.set('mover', null).set('elsewhere', 'mover');
  seeker.tellOf(TELLER, ['mover']);
  seeker.stage.pass(0); // the dial is under way
  seeker.tell(TELLER, [addressOf('mover', START + 1, { host: 'elsewhere' })]);
  seeker.pass(2 * MINUTE);
  assert.deepEqual(seeker.dialled, ['mover', 'elsewhere']);
  assert.ok(seeker.wasTold(EAR, 'mover'));
});

test('[RELAY-12] who tells many addresses does not keep those that others tell from being looked at', () => {
  const seeker = DiscoveryTestbed.among(...GUESTS);
  for (let minute = 0; minute < 5; minute += 1) {
    const made = names(`made-up-${minute}-`, LIMITS.peerAddressesPerFrame);
    for (const name of made) seeker.answers.set(name, null);
    seeker.tellOf(TELLER, made);
    seeker.tellOf(OTHER, ['honest']);
    seeker.pass(MINUTE);
  }
  assert.ok(seeker.wasTold(EAR, 'honest'));
});

test('[RELAY-12] who says in the hello where we have dialled them is passed on without another dial', () => {
  const seeker = DiscoveryTestbed.among(...GUESTS);
  seeker.addresses.set('wanted', addressOf('wanted', START));
  seeker.addresses.set('boaster', addressOf('boaster', START, { host: 'palace' }));
  for (const name of ['wanted', 'boaster']) seeker.ask(name);
  seeker.stage.pass(0);
  assert.deepEqual(seeker.dialled, ['wanted', 'boaster']);
  seeker.answers.set('palace', null);
  seeker.pass(2 * MINUTE);
  assert.deepEqual(seeker.dialled, ['wanted', 'boaster', 'palace']);
  assert.ok(seeker.wasTold(EAR, 'wanted') && !seeker.wasTold(EAR, 'boaster'));
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
      const seeker = DiscoveryTestbed.among(...GUESTS);
      const teller = new FakePeer(seeker.stage, 'teller', { hello: way === 'addresses' });
      if (way === 'hello') teller.hello({ address: signed });
      else teller.send({ type: 'addresses', addresses: [signed] });
      assert.equal(teller.isClosed, isForgery, way);
      assert.equal(seeker.stage.relay.counts.dropped_forged, isForgery ? 1 : 0);
      assert.equal(seeker.stage.relay.memory.addresses, 0);
      seeker.pass(MINUTE);
      assert.deepEqual(seeker.dialled, []);
      assert.equal(new FakePeer(seeker.stage, 'teller').isClosed, isForgery, 'for a while');
    }
  });
}

test('[RELAY-12] the last word of a server counts, whoever brings an earlier one later', () => {
  const seeker = DiscoveryTestbed.among(...GUESTS);
  seeker.tell(TELLER, [addressOf('far', START, { host: 'new' })]);
  seeker.tell(OTHER, [addressOf('far', START - 1, { host: 'old' })]);
  seeker.pass(MINUTE);
  assert.deepEqual(seeker.dialled, ['new']);
});

test('[RELAY-12] an address is forgotten a day after it was signed', () => {
  const seeker = DiscoveryTestbed.among(...GUESTS);
  seeker.tell(TELLER, [addressOf('far', START - LIMITS.peerAddressMs + 2 * MINUTE)]);
  seeker.pass(5 * MINUTE);
  const times = seeker.told.filter(({ servers }) => servers.includes(fakeKey('far').publicKey)).map(({ at }) => at);
  assert.deepEqual([...new Set(times)], [START + MINUTE]);
  assert.equal(seeker.stage.relay.memory.addresses, 0);
});

test('[RELAY-12] links are made until there are 4, and again when one breaks', () => {
  const seeker = DiscoveryTestbed.among('first');
  seeker.tellOf('first', names('far', 20));
  seeker.pass(2 * MINUTE);
  assert.equal(seeker.linked.length, LIMITS.peerDegreeMin);
  seeker.pass(MINUTE);
  assert.equal(seeker.linked.length, LIMITS.peerDegreeMin);
  const [, broken = ''] = seeker.linked;
  seeker.answers.set(broken, null);
  seeker.stage.give({ kind: 'peer_closed', link: seeker.peer(broken).link, reason: 'gone' });
  assert.equal(seeker.linked.length, LIMITS.peerDegreeMin - 1);
  seeker.pass(MINUTE);
  assert.equal(seeker.linked.length, LIMITS.peerDegreeMin);
  assert.ok(!seeker.linked.includes(broken));
});

test('[RELAY-12] those that were seen to be right are sought first', () => {
  const seeker = DiscoveryTestbed.among(...GUESTS);
  seeker.tellOf(OTHER, ['right', ...GUESTS]);
  seeker.pass((GUESTS.length + 1) * LIMITS.peerVerifyMs);
  seeker.tellOf(OTHER, names('unseen', 20));
  seeker.stage.give({ kind: 'peer_closed', link: seeker.peer(TELLER).link, reason: 'gone' });
  seeker.answers.set(TELLER, null);
  seeker.pass(3 * LIMITS.peerSeekMs);
  assert.deepEqual(seeker.linked, [...GUESTS.slice(1), 'right']);
});

test('[RELAY-12] who is linked already is looked at, and not sought', () => {
  const seeker = DiscoveryTestbed.among('first');
  seeker.tellOf('first', ['first']);
  seeker.pass(MINUTE);
  assert.deepEqual(seeker.dialled, ['first']);
  assert.ok(!seeker.stage.effects.some(({ kind }) => kind === 'keep'));
});

test('[RELAY-12] no more are dialled than may be linked, those first that were not tried lately', () => {
  const kept = names('kept', 20).map((host) => ({ host, port: 9, key: fakeKey(host).publicKey, isManual: false }));
  const seeker = new DiscoveryTestbed({ peers: kept });
  for (const { host } of kept.slice(0, -2)) seeker.answers.set(host, null);
  seeker.stage.pass(LIMITS.peerRetryFirstMs);
  assert.equal(seeker.stage.effects.filter((effect) => effect.kind === 'dial').length, LIMITS.peerDegreeMin);
  seeker.pass(20_000);
  assert.deepEqual(
    seeker.dialled.slice(0, kept.length),
    kept.map(({ host }) => host),
  );
  assert.deepEqual(seeker.linked, ['kept18', 'kept19']);
});

test('[RELAY-12] above 8 the last that was sought is given up, never one asked for nor one that dialled us', () => {
  const seeker = DiscoveryTestbed.among('first');
  seeker.tellOf('first', ['sought1', 'sought2']);
  seeker.ask('asked');
  seeker.pass(MINUTE);
  assert.equal(seeker.linked.length, LIMITS.peerDegreeMin);
  for (const name of names('early', 4)) seeker.visit(name);
  assert.equal(seeker.linked.length, LIMITS.peerDegreeMax);
  const [last = ''] = seeker.linked.filter((name) => name.startsWith('sought')).slice(-1);
  seeker.visit('late0');
  assert.ok(!seeker.linked.includes(last));
  assert.equal(seeker.linked.length, LIMITS.peerDegreeMax);
  seeker.visit('late1');
  assert.deepEqual(
    seeker.linked.filter((name) => name.startsWith('sought')),
    [],
  );
  for (const name of names('later', 5)) seeker.visit(name);
  seeker.ask('asked too');
  seeker.pass(3 * MINUTE);
  const safe = ['first', 'asked', 'asked too', 'late0', 'late1', ...names('early', 4), ...names('later', 5)];
  assert.deepEqual(seeker.linked.toSorted(), safe.toSorted());
});

test('[RELAY-12] without discovery no address is told, asked for or dialled back', () => {
  const kept = { host: 'kept', port: 9, key: fakeKey('kept').publicKey, isManual: false };
  const seeker = new DiscoveryTestbed({ discovers: false, peers: [kept] });
  const peer = new FakePeer(seeker.stage, 'peer', { hello: false });
  peer.hello({ address: addressOf('peer', START) });
  seeker.peers.set('peer', peer);
  seeker.tellOf('peer', ['far']);
  seeker.tell('peer', [addressOf('far', START, {}, 'liar')]);
  seeker.pass(3 * MINUTE);
  assert.deepEqual(peer.received[0], { type: 'hello', versions: [1], features: [], address: null });
  assert.deepEqual([seeker.told, seeker.dialled], [[], []]);
  assert.equal(seeker.stage.relay.memory.addresses, 0);
  assert.ok(peer.isOpen);
});

test('[RELAY-12] a server that does not listen tells no address of its own, and seeks peers all the same', () => {
  const seeker = new DiscoveryTestbed({ listensAt: null });
  const [first] = seeker.visit('first').received;
  assert.deepEqual(first, { type: 'hello', versions: [1], features: [], address: null });
  seeker.tellOf('first', ['far']);
  seeker.pass(3 * MINUTE);
  assert.deepEqual(seeker.linked, ['first', 'far']);
  assert.ok(!seeker.told.some(({ servers }) => servers.includes(seeker.stage.key)));
  assert.ok(seeker.wasTold('first', 'far'));
});

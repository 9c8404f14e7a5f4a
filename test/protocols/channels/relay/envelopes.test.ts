// Envelopes: numbering, acceptance, forwarding, and forgeries, which have no effect.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerFrame } from '../../../../protocols/channels/peer-protocol.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { fakeKey } from '../../../sim/kernel/fake-primitives.js';
import { FakePeer } from './fake-peer.js';
import { SESSION_ID, sign, FakeClient, RelayTestbed, textsOf } from './relay-testbed.js';

type Relayed = Extract<PeerFrame, { type: 'relay' }>;

/** A relay with a client in the channel, and two peers. */
function scene(): { testbed: RelayTestbed; member: number; peer: FakePeer; other: FakePeer } {
  const testbed = new RelayTestbed();
  const member = testbed.enter(new FakeClient('listener'), 'lake');
  return { testbed, member, peer: new FakePeer(testbed, 'peer'), other: new FakePeer(testbed, 'other') };
}

const relayedTo = (peer: FakePeer): Relayed[] =>
  peer.received.filter((frame) => frame.type === 'relay').filter(({ kind }) => kind !== 'census');
const headerOf = ({ stamp }: Relayed) => JSON.parse(stamp.payload) as { seq: number; boot: number; origin: string };

test('[RELAY-4] an envelope has the boot, a number that rises by one, and the id of its payload', () => {
  const testbed = new RelayTestbed({ boot: 7 });
  const who = new FakeClient('alice');
  const client = testbed.enter(who, 'lake');
  const peer = new FakePeer(testbed, 'peer');
  for (const text of ['one', 'two']) testbed.say(client, who.says('lake', text));
  testbed.direct(client, who.sendsDirect(fakeKey('bob').publicKey, 'AAAA'));
  const frames = relayedTo(peer);
  assert.deepEqual(
    frames.map((frame) => ({ ...headerOf(frame), hops: frame.hops, kind: frame.kind, id: undefined })),
    [1, 2, 3].map((seq) => ({
      origin: testbed.key,
      boot: 7,
      seq,
      at: testbed.now,
      kind: seq === 3 ? 'direct' : 'channel',
      hops: 1,
      id: undefined,
    })),
  );
});

test('[RELAY-5] an envelope is accepted once, from whatever peer it arrives', () => {
  const { testbed, member, peer, other } = scene();
  const frame = peer.relayed(new FakeClient('alice').says('lake', 'one'));
  peer.send(frame);
  peer.send(frame);
  other.send({ ...frame, hops: 3 });
  assert.deepEqual(textsOf(testbed.told(member)), ['one']);
  assert.equal(testbed.relay.counts.dropped_known, 2);
  assert.equal(relayedTo(other).length, 1);
});

test('[RELAY-5] a lower boot and a number below the window are dropped; a higher boot starts a new window', () => {
  const { testbed, member, peer } = scene();
  const heard = (seq: number, boot: number): boolean => {
    peer.send(peer.relayed(new FakeClient(`guest${seq}-${boot}`).says('lake', 'x'), { seq, boot }));
    return textsOf(testbed.told(member)).length === 1;
  };
  assert.ok(heard(LIMITS.relayWindow + 10, 5));
  assert.ok(heard(11, 5));
  assert.ok(!heard(9, 5) && !peer.isClosed);
  assert.ok(!heard(LIMITS.relayWindow + 11, 4) && !peer.isClosed);
  assert.ok(heard(1, 6));
  assert.equal(testbed.relay.counts.dropped_old, 2);
});

test('[RELAY-6] an envelope with more than 16 hops is dropped, but a copy with fewer hops is accepted', () => {
  const { testbed, member, peer } = scene();
  const frame = peer.relayed(new FakeClient('alice').says('lake', 'one'));
  peer.send({ ...frame, hops: LIMITS.relayHopsMax + 1 });
  assert.deepEqual(textsOf(testbed.told(member)), []);
  assert.equal(testbed.relay.counts.dropped_hops, 1);
  peer.send({ ...frame, hops: LIMITS.relayHopsMax });
  assert.deepEqual(textsOf(testbed.told(member)), ['one']);
});

test('[RELAY-6] an envelope whose time is off by more than five minutes is dropped without blaming the peer', () => {
  const { testbed, member, peer } = scene();
  const who = new FakeClient('alice');
  for (const off of [-LIMITS.relaySkewMs - 1, LIMITS.relaySkewMs + 1]) {
    const at = testbed.now + off;
    peer.send(peer.relayed(who.says('lake', 'x', { at }), { at }));
  }
  assert.deepEqual(textsOf(testbed.told(member)), []);
  assert.ok(!peer.isClosed);
  assert.equal(testbed.relay.counts.dropped_old, 2);
});

const alice = new FakeClient('alice');
const said = alice.says('lake', 'genuine', { counter: 1 });
const other = alice.says('lake', 'other', { counter: 1 });
const noName = sign('channel_message', { ...(JSON.parse(said.payload) as object), name: 'admin' }, 'alice');
/** The forgeries that a malicious peer makes of a genuine envelope. */
const FORGERIES: Readonly<Record<string, (peer: FakePeer, frame: Relayed) => Relayed>> = {
  'another text': (_, frame) => ({ ...frame, cargo: { ...said, payload: other.payload } }),
  'something else under the same number': (_, frame) => ({ ...frame, cargo: other }),
  'a stamp of a server that did not make it': (peer) => peer.relayed(said, { origin: fakeKey('victim').publicKey }),
  'words of a speaker who did not sign them': (peer) => peer.relayed(sign('channel_message', claims('bob'), 'alice')),
  'another kind': (_, frame) => ({ ...frame, kind: 'direct' }),
  'another kind, wrapped so': (peer) => peer.relayed(said, { kind: 'direct' }),
  'a stamp that is no stamp': (_, frame) => ({ ...frame, stamp: said }),
  'a stamp as long as a book': (_, frame) => ({ ...frame, stamp: { ...frame.stamp, payload: ' '.repeat(9_999) } }),
  'words much older than their stamp': (peer) =>
    peer.relayed(alice.says('lake', 'x', { counter: 1, at: peer.now - LIMITS.relaySkewMs - 1 })),
  'a reserved name': (peer) => peer.relayed(noName),
  'a census of another server': (peer) =>
    peer.relayed(sign('census', { origin: fakeKey('victim').publicKey, channels: [] }, 'peer'), { kind: 'census' }),
};

for (const [what, forge] of Object.entries(FORGERIES)) {
  test(`[RELAY-6] ${what}: its bringer is cut off, and the genuine one is heard after it`, () => {
    const { testbed, member, peer, other: honest } = scene();
    const frame = peer.relayed(said, { seq: 1 });
    peer.send(forge(peer, frame));
    assert.ok(peer.isClosed);
    assert.equal(testbed.relay.counts.dropped_forged, 1);
    assert.deepEqual(relayedTo(honest), []);
    honest.send(frame);
    assert.deepEqual(textsOf(testbed.told(member)), ['genuine']);
  });
}

test('[RELAY-6] a peer that sent a forgery is not linked for 10 minutes', () => {
  const { testbed, peer } = scene();
  const frame = peer.relayed(said);
  peer.send({ ...frame, cargo: other });
  assert.ok(new FakePeer(testbed, 'peer').isClosed);
  testbed.pass(LIMITS.peerBanMs);
  assert.ok(new FakePeer(testbed, 'peer').isOpen);
});

test('[RELAY-7] an accepted envelope goes, with one hop more, to all peers except the sender and the origin', () => {
  const { testbed, peer, other: second } = scene();
  const third = new FakePeer(testbed, 'third');
  const frame = third.relayed(said);
  peer.send({ ...frame, hops: 4 });
  assert.deepEqual(relayedTo(second), [{ ...frame, hops: 5 }]);
  assert.deepEqual([...relayedTo(peer), ...relayedTo(third)], []);
});

test('[RELAY-7] at the last hop an envelope is delivered and not forwarded', () => {
  const { testbed, member, peer, other: second } = scene();
  peer.send({ ...peer.relayed(said), hops: LIMITS.relayHopsMax });
  assert.deepEqual(textsOf(testbed.told(member)), ['genuine']);
  assert.deepEqual(relayedTo(second), []);
});

test('[RELAY-7] an envelope with many hops is forwarded again when it arrives with fewer, and delivered once', () => {
  const { testbed, member, peer: liar, other: honest } = scene();
  const third = new FakePeer(testbed, 'third');
  const frame = new FakePeer(testbed, 'origin').relayed(said);
  const sent = [16, 16, 12, 14, 9, 8, 2].map((hops) => ({ ...frame, hops }));
  for (const each of sent) (each.hops === 2 ? honest : liar).send(each);
  assert.deepEqual(
    relayedTo(third).map(({ hops }) => hops),
    [13, 10, 9],
  );
  assert.deepEqual(relayedTo(honest), relayedTo(third));
  assert.deepEqual(textsOf(testbed.told(member)), ['genuine']);
  assert.deepEqual([testbed.relay.counts.relayed, testbed.relay.counts.relayed_again], [1, 3]);
  assert.ok(liar.isOpen);
});

test('[RELAY-6] [RELAY-7] a copy with fewer hops is validated again: a forged copy ends the link', () => {
  const { testbed, peer: liar, other: honest } = scene();
  const frame = honest.relayed(said);
  liar.send({ ...frame, hops: LIMITS.relayHopsMax });
  liar.send({ ...frame, cargo: { ...frame.cargo, payload: other.payload }, hops: 1 });
  assert.ok(liar.isClosed);
  const third = new FakePeer(testbed, 'third');
  honest.send(frame);
  assert.deepEqual(relayedTo(third), [{ ...frame, hops: 2 }]);
});

test('[CHAN-8] one message in the envelopes of two origins is delivered once', () => {
  const { testbed, member, peer, other: liar } = scene();
  peer.send(peer.relayed(said));
  liar.send(liar.relayed(said));
  assert.deepEqual(textsOf(testbed.told(member)), ['genuine']);
  assert.ok(!liar.isClosed);
});

test('[CHAN-8] messages of one client session are ordered by counter, whatever their origins', () => {
  const { testbed, member, peer, other: second } = scene();
  const who = new FakeClient('walker');
  const words = ['one', 'two', 'three'].map((text) => who.says('lake', text));
  const [one, two, three] = words;
  assert.ok(one && two && three);
  second.send(second.relayed(three));
  peer.send(peer.relayed(two));
  assert.deepEqual(textsOf(testbed.told(member)), []);
  peer.send(peer.relayed(one));
  assert.deepEqual(textsOf(testbed.told(member)), ['one', 'two', 'three']);
});

function claims(name: string): object {
  const { key } = new FakeClient(name);
  return { key, exchange: key, name, life: SESSION_ID, counter: 1, at: 1_800_000_000_000, channel: 'lake', text: 'x' };
}

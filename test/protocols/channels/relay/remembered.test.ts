// What a server remembers of others: which origins, and how many are elsewhere; bounded, and fair between those who
// bring it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Origins } from '../../../../protocols/channels/relay/envelopes/origins.js';
import type { EnvelopeHeader } from '../../../../protocols/channels/peer-protocol.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { FakePeer } from './fake-peer.js';
import { SESSION_ID, FakeClient, RelayTestbed, START } from './relay-testbed.js';

const stampBy = (origin: string, seq = 1): EnvelopeHeader => ({
  origin,
  boot: 1,
  seq,
  at: START,
  kind: 'channel',
  id: SESSION_ID,
});

/** As full as can be, by one greedy peer, with one origin of another's. */
function crowded(): Origins {
  const origins = new Origins();
  origins.take(stampBy('honest'), 1, 'modest', START);
  for (let nth = 1; nth < LIMITS.relayOriginsMax; nth += 1) origins.take(stampBy(`made up ${nth}`), 1, 'greedy', START);
  return origins;
}

test('[RELAY-8] no more than 10 000 origins are remembered; who brings most of them loses the oldest', () => {
  const origins = crowded();
  assert.equal(origins.size, LIMITS.relayOriginsMax);
  for (let nth = 0; nth < 100; nth += 1) origins.take(stampBy(`another ${nth}`), 1, 'greedy', START + 1);
  assert.equal(origins.size, LIMITS.relayOriginsMax);
  assert.equal(origins.judge(stampBy('honest'), 1), 'known');
  assert.equal(origins.judge(stampBy('made up 100'), 1), 'new');
  assert.equal(origins.judge(stampBy('made up 101'), 1), 'known');
});

test('[RELAY-8] one that was silent for 10 minutes gives way first, whoever brought it', () => {
  const origins = crowded();
  const later = START + LIMITS.relayOriginSilenceMs;
  for (let nth = 1; nth < LIMITS.relayOriginsMax; nth += 1)
    origins.take(stampBy(`made up ${nth}`, 2), 1, 'greedy', later);
  origins.take(stampBy('newcomer'), 1, 'greedy', later);
  assert.equal(origins.judge(stampBy('honest'), 1), 'new');
  assert.equal(origins.judge(stampBy('made up 1', 2), 1), 'known');
});

test('[RELAY-7] of each origin 64 numbers that came from afar are remembered, whatever others bring', () => {
  const origins = new Origins();
  const far = LIMITS.relayHopsMax;
  for (let seq = 1; seq <= LIMITS.relayFarEnvelopesMax + 1; seq += 1)
    origins.take(stampBy('honest', seq), far, 'liar', START);
  for (let seq = 1; seq <= 1_000; seq += 1) origins.take(stampBy('liar', seq), far, 'liar', START);
  const judged = (seq: number, hops: number): string => origins.judge(stampBy('honest', seq), hops);
  assert.deepEqual(
    [judged(1, 1), judged(2, 1), judged(2, far), judged(65, far - 1)],
    ['known', 'nearer', 'known', 'nearer'],
  );
  assert.equal(origins.take(stampBy('honest', 2), 1, 'honest', START), false);
  assert.equal(judged(2, 1), 'known');
});

test('[RELAY-7] a number however far behind the newest is taken again without harm, a higher boot forgets it', () => {
  const origins = new Origins();
  const [newest, boot] = [2 ** 50, 2];
  origins.take(stampBy('honest', 5), 16, 'liar', START);
  origins.take(stampBy('honest', newest), 1, 'honest', START);
  assert.equal(origins.judge(stampBy('honest', 5), 3), 'nearer');
  assert.equal(origins.take(stampBy('honest', 5), 12, 'honest', START), false);
  origins.take({ ...stampBy('honest', newest), boot }, 1, 'honest', START);
  assert.equal(origins.judge({ ...stampBy('honest', 5), boot }, 1), 'old');
});

test('[RELAY-11] a census that comes again from nearer is no younger for that', () => {
  const { stage, peer } = scene();
  const frame = peer.census([{ channel: 'lake', count: 5 }]);
  peer.send({ ...frame, hops: LIMITS.relayHopsMax });
  stage.pass(LIMITS.presenceCountsKeptMs - 1);
  assert.equal(stage.relay.memory.censuses, 1);
  new FakePeer(stage, 'nearer').send(frame);
  assert.equal(stage.relay.counts.relayed_again, 1);
  stage.pass(1);
  assert.equal(stage.relay.memory.censuses, 0);
});

/** A server with somebody in the channel, and a peer that counts. */
function scene() {
  const stage = new RelayTestbed();
  const visitor = stage.enter(new FakeClient('alice'), 'lake');
  return { stage, visitor, peer: new FakePeer(stage, 'peer'), other: new FakePeer(stage, 'other') };
}

test('[RELAY-11] how many are elsewhere is what others said last, all together', () => {
  const { stage, visitor, peer, other } = scene();
  const counts = () => {
    stage.pass(LIMITS.channelCountsMs);
    return stage.told(visitor).flatMap((frame) => (frame.type === 'counts' ? [frame.elsewhere] : []));
  };
  peer.send(peer.census([{ channel: 'lake', count: 5 }]));
  assert.deepEqual(counts().at(-1), 5);
  other.send(other.census([{ channel: 'lake', count: 2 }]));
  assert.deepEqual(counts().at(-1), 7);
  peer.send(peer.census([{ channel: 'sea', count: 9 }]));
  assert.deepEqual(counts().at(-1), 2);
  const late = peer.census([{ channel: 'lake', count: 40 }], { seq: 1_000 });
  const later = peer.census([{ channel: 'lake', count: 3 }], { seq: 1_001 });
  for (const frame of [later, late]) peer.send(frame);
  assert.deepEqual(counts().at(-1), 5);
});

test('[RELAY-11] it is forgotten after 3 minutes, and no server is believed to hold more than a million', () => {
  const { stage, visitor, peer } = scene();
  peer.send(peer.census([{ channel: 'lake', count: 10 ** 12 }]));
  stage.pass(LIMITS.channelCountsMs);
  const last = () =>
    stage
      .told(visitor)
      .flatMap((frame) => (frame.type === 'counts' ? [frame.elsewhere] : []))
      .at(-1);
  assert.equal(last(), LIMITS.presenceCountMax);
  for (let passed = 0; passed < LIMITS.presenceCountsKeptMs; passed += 10_000) {
    stage.pass(10_000);
    stage.give({ kind: 'visitor_frame', visitor, frame: { type: 'pong' } });
  }
  assert.equal(last(), 0);
  assert.equal(stage.relay.memory.censuses, 0);
});

test('[RELAY-11] our own census says who is here, soon after it changed and again each minute', () => {
  const stage = new RelayTestbed();
  const peer = new FakePeer(stage, 'peer');
  const visitor = stage.enter(new FakeClient('alice'), 'lake');
  const said = (): unknown[] =>
    peer.received.flatMap((frame) =>
      frame.type === 'relay' && frame.kind === 'census' ? [JSON.parse(frame.cargo.payload) as unknown] : [],
    );
  const pass = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      stage.pass(1_000);
      stage.give({ kind: 'peer_drained', link: peer.link });
      peer.send({ type: 'pong' });
      stage.give({ kind: 'visitor_frame', visitor, frame: { type: 'pong' } });
    }
  };
  pass(LIMITS.presenceCountsMs);
  const mine = { origin: stage.key, channels: [{ channel: 'lake', count: 1 }] };
  assert.deepEqual(said().at(-1), mine);
  const before = said().length;
  pass(LIMITS.presenceCountsRepeatMs - LIMITS.presenceCountsMs);
  assert.ok(said().length - before <= 1);
  pass(2 * LIMITS.presenceCountsMs);
  assert.equal(said().length - before, 1);
  stage.frame(visitor, { type: 'part', channel: 'lake' });
  pass(LIMITS.presenceCountsMs);
  assert.deepEqual(said().at(-1), { origin: stage.key, channels: [] });
});

// The tables about other servers: origins and presence counts, bounded and shared out fairly among peers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Origins } from '../../../../protocols/channels/relay/envelopes/origins.js';
import type { EnvelopeHeader } from '../../../../protocols/channels/peer-protocol.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { FakePeer } from './fake-peer.js';
import { SESSION_ID, FakeClient, RelayTestbed, START } from './relay-testbed.js';

const headerOf = (origin: string, seq = 1): EnvelopeHeader => ({
  origin,
  boot: 1,
  seq,
  at: START,
  kind: 'channel',
  id: SESSION_ID,
});

/** An arrival over so many hops. */
const over = (hops: number) => ({ hops, stamp: { payload: '', signature: '' } });

/** A full table: one origin of one peer, all others of a greedy one. */
function crowded(): Origins {
  const origins = new Origins();
  origins.accept(headerOf('honest'), over(1), 'modest', START);
  for (let nth = 1; nth < LIMITS.relayOriginsMax; nth += 1)
    origins.accept(headerOf(`made up ${nth}`), over(1), 'greedy', START);
  return origins;
}

test('[RELAY-8] at most 10 000 origins are kept; the oldest of the peer that brought most is evicted', () => {
  const origins = crowded();
  assert.equal(origins.size, LIMITS.relayOriginsMax);
  for (let nth = 0; nth < 100; nth += 1) origins.accept(headerOf(`another ${nth}`), over(1), 'greedy', START + 1);
  assert.equal(origins.size, LIMITS.relayOriginsMax);
  assert.equal(origins.classify(headerOf('honest'), 1), 'known');
  assert.equal(origins.classify(headerOf('made up 100'), 1), 'new');
  assert.equal(origins.classify(headerOf('made up 101'), 1), 'known');
});

test('[RELAY-8] an origin that was silent for 10 minutes is evicted first', () => {
  const origins = crowded();
  const later = START + LIMITS.relayOriginSilenceMs;
  for (let nth = 1; nth < LIMITS.relayOriginsMax; nth += 1)
    origins.accept(headerOf(`made up ${nth}`, 2), over(1), 'greedy', later);
  origins.accept(headerOf('newcomer'), over(1), 'greedy', later);
  assert.equal(origins.classify(headerOf('honest'), 1), 'new');
  assert.equal(origins.classify(headerOf('made up 1', 2), 1), 'known');
});

test('[RELAY-7] for each origin 64 numbers with many hops are kept, independent of other origins', () => {
  const origins = new Origins();
  const far = LIMITS.relayHopsMax;
  for (let seq = 1; seq <= LIMITS.relayFarEnvelopesMax + 1; seq += 1)
    origins.accept(headerOf('honest', seq), over(far), 'liar', START);
  for (let seq = 1; seq <= 1_000; seq += 1) origins.accept(headerOf('liar', seq), over(far), 'liar', START);
  const judged = (seq: number, hops: number): string => origins.classify(headerOf('honest', seq), hops);
  assert.deepEqual(
    [judged(1, 1), judged(2, 1), judged(2, far), judged(65, far - 1)],
    ['known', 'shorter_path', 'known', 'shorter_path'],
  );
  assert.equal(origins.accept(headerOf('honest', 2), over(1), 'honest', START), false);
  assert.equal(judged(2, 1), 'known');
});

test('[RELAY-7] a kept number is accepted again however old it is; a higher boot forgets it', () => {
  const origins = new Origins();
  const [newest, boot] = [2 ** 50, 2];
  origins.accept(headerOf('honest', 5), over(16), 'liar', START);
  origins.accept(headerOf('honest', newest), over(1), 'honest', START);
  assert.equal(origins.classify(headerOf('honest', 5), 3), 'shorter_path');
  assert.equal(origins.accept(headerOf('honest', 5), over(12), 'honest', START), false);
  origins.accept({ ...headerOf('honest', newest), boot }, over(1), 'honest', START);
  assert.equal(origins.classify({ ...headerOf('honest', 5), boot }, 1), 'old');
});

test('[RELAY-11] presence counts that arrive again over a shorter path do not live longer', () => {
  const { testbed, peer } = scene();
  const frame = peer.census([{ channel: 'lake', count: 5 }]);
  peer.send({ ...frame, hops: LIMITS.relayHopsMax });
  testbed.pass(LIMITS.presenceCountsKeptMs - 1);
  assert.equal(testbed.relay.memory.remotePresence, 1);
  new FakePeer(testbed, 'shorter_path').send(frame);
  assert.equal(testbed.relay.counts.relayed_again, 1);
  testbed.pass(1);
  assert.equal(testbed.relay.memory.remotePresence, 0);
});

/** A relay with a client in the channel, and a peer that reports counts. */
function scene() {
  const testbed = new RelayTestbed();
  const client = testbed.enter(new FakeClient('alice'), 'lake');
  return { testbed, client, peer: new FakePeer(testbed, 'peer'), other: new FakePeer(testbed, 'other') };
}

test('[RELAY-11] the count elsewhere is the sum of the last reports of other servers', () => {
  const { testbed, client, peer, other } = scene();
  const counts = () => {
    testbed.pass(LIMITS.channelCountsIntervalMs);
    return testbed.told(client).flatMap((frame) => (frame.type === 'counts' ? [frame.elsewhere] : []));
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

test('[RELAY-11] a report expires after 3 minutes, and its counts are capped at a million', () => {
  const { testbed, client, peer } = scene();
  peer.send(peer.census([{ channel: 'lake', count: 10 ** 12 }]));
  testbed.pass(LIMITS.channelCountsIntervalMs);
  const last = () =>
    testbed
      .told(client)
      .flatMap((frame) => (frame.type === 'counts' ? [frame.elsewhere] : []))
      .at(-1);
  assert.equal(last(), LIMITS.presenceCountMax);
  for (let passed = 0; passed < LIMITS.presenceCountsKeptMs; passed += 10_000) {
    testbed.pass(10_000);
    testbed.give({ type: 'client_frame', client, frame: { type: 'pong' } });
  }
  assert.equal(last(), 0);
  assert.equal(testbed.relay.memory.remotePresence, 0);
});

test('[RELAY-11] a server sends its own presence counts soon after a change and again each minute', () => {
  const testbed = new RelayTestbed();
  const peer = new FakePeer(testbed, 'peer');
  const client = testbed.enter(new FakeClient('alice'), 'lake');
  const said = (): unknown[] =>
    peer.received.flatMap((frame) =>
      frame.type === 'relay' && frame.kind === 'census' ? [JSON.parse(frame.cargo.payload) as unknown] : [],
    );
  const pass = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      testbed.pass(1_000);
      testbed.give({ type: 'peer_drained', link: peer.link });
      peer.send({ type: 'pong' });
      testbed.give({ type: 'client_frame', client, frame: { type: 'pong' } });
    }
  };
  pass(LIMITS.presenceCountsMs);
  const mine = { origin: testbed.key, channels: [{ channel: 'lake', count: 1 }] };
  assert.deepEqual(said().at(-1), mine);
  const before = said().length;
  pass(LIMITS.presenceCountsRepeatMs - LIMITS.presenceCountsMs);
  assert.ok(said().length - before <= 1);
  pass(2 * LIMITS.presenceCountsMs);
  assert.equal(said().length - before, 1);
  testbed.frame(client, { type: 'part', channel: 'lake' });
  pass(LIMITS.presenceCountsMs);
  assert.deepEqual(said().at(-1), { origin: testbed.key, channels: [] });
});

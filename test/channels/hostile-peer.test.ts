// A lying server on a real link: nothing it forges is heard, nothing is heard twice, and the honest ones go on.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { EnvelopeHeader } from '../../protocols/channels/peer-protocol.js';
import type { ChannelMessage } from '../../protocols/channels/signed-objects.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { clock } from '../../runtime/sources.js';
import { HostilePeer, words } from './hostile-peer.js';
import { link, runChannelServer, until, type TestChannelServer } from './server.js';
import { TestClient } from './test-client.js';

/** Two honest servers with a visitor each; whoever lies links with the first. */
async function town(t: TestContext) {
  const [a, b] = await Promise.all([runChannelServer(t), runChannelServer(t)]);
  await link(a, b);
  const alice = await TestClient.bySocket('alice', a.port).enter('lab');
  const bob = await TestClient.bySocket('bobby', b.port).enter('lab');
  return { a, b, alice, bob };
}

/** Something genuine, said on a server that the town is not linked with. */
async function overheardElsewhere(t: TestContext) {
  const far = await runChannelServer(t);
  const listener = await HostilePeer.link(far.peerPort);
  const carol = await TestClient.bySocket('carol', far.port).enter('lab');
  carol.say('lab', 'honest');
  const genuine = await listener.overhears();
  listener.leave();
  carol.leave();
  return genuine;
}

type Town = Awaited<ReturnType<typeof town>>;

/** What was said honestly is all that was heard, at both ends, and more gets through. */
async function isSound({ alice, bob }: Town, ...texts: string[]): Promise<void> {
  alice.say('lab', 'last');
  await Promise.all([alice.hears('last'), bob.hears('last')]);
  for (const visitor of [alice, bob]) {
    assert.deepEqual(visitor.texts('lab'), [...texts, 'last']);
    visitor.leave();
  }
}

const origin = ({ stamp }: { stamp: { payload: string } }): string =>
  (parseJson(stamp.payload) as EnvelopeHeader).origin;

const countOf = (
  { channels }: TestChannelServer,
  what: 'dropped_forged' | 'dropped_known' | 'dropped_old' | 'dropped_flood',
) => channels.numbers.counts[what];

test('[RELAY-6] words that were altered or invented change nothing, and whoever brings them is cut off', async (t) => {
  const here = await town(t);
  const genuine = await overheardElsewhere(t);
  const payload = genuine.cargo.payload.replace('honest', 'forged');
  assert.notEqual(payload, genuine.cargo.payload);
  const altered = { payload, signature: genuine.cargo.signature };
  const asAlice = words('lab', 'invented', { key: here.alice.key.publicKey, name: 'alice' });
  const forgeries = [
    () => ({ ...genuine, cargo: altered }),
    () => ({ ...genuine, cargo: words('lab', 'under the stamp of another') }),
    (liar: HostilePeer) => liar.stamped(altered),
    (liar: HostilePeer) => liar.stamped(asAlice),
    (liar: HostilePeer) => liar.stamped(words('lab', 'under another id'), { id: 'AAAAAAAAAAAAAAAAAAAAAA' }),
    (liar: HostilePeer) => liar.stamped(words('lab', 'as said there'), { origin: origin(genuine) }),
  ];
  for (const [at, forgery] of forgeries.entries()) {
    const liar = await HostilePeer.link(here.a.peerPort);
    liar.send(forgery(liar));
    await until('the cut', () => liar.isGone);
    assert.equal(countOf(here.a, 'dropped_forged'), at + 1, `forgery ${at}`);
  }
  const messenger = await HostilePeer.link(here.a.peerPort);
  messenger.send(genuine); // no forgery has taken its place
  await here.bob.hears('honest');
  messenger.leave();
  await isSound(here, 'honest');
});

test('[RELAY-5] [VISIT-2] what is replayed, looped or stamped anew is heard once', async (t) => {
  const here = await town(t);
  const liar = await HostilePeer.link(here.a.peerPort);
  here.alice.say('lab', 'once');
  const genuine = await liar.overhears();
  for (let k = 0; k < 100; k += 1) liar.send(genuine);
  await until('100 replays dropped', () => countOf(here.a, 'dropped_known') >= 100);
  liar.send(liar.stamped(genuine.cargo));
  await isSound(here, 'once');
  liar.leave();
});

test('[RELAY-6] what is old or has come too far is not passed on', async (t) => {
  const here = await town(t);
  const liar = await HostilePeer.link(here.a.peerPort);
  const at = clock.now() - LIMITS.relaySkewMs - 60_000;
  liar.send(liar.stamped(words('lab', 'stale', { at }), { at }));
  liar.send({ ...liar.stamped(words('lab', 'far')), hops: LIMITS.relayHopsMax + 1 });
  await until('both dropped', () => {
    const { dropped_old: old, dropped_hops: hops } = here.a.channels.numbers.counts;
    return old + hops >= 2;
  });
  await isSound(here);
  liar.leave();
});

test('[RELAY-2] garbage, frames out of turn and a large first frame end the link, and nothing else', async (t) => {
  const here = await town(t);
  const hello = JSON.stringify({ type: 'hello', versions: [1], features: [], address: null });
  for (const text of ['{', '[]', '{"type":"ping"}', 'x'.repeat(5_000)]) {
    const stranger = await HostilePeer.dial(here.a.peerPort);
    stranger.sendText(text);
    await until(`the end after ${text.slice(0, 20)}`, () => stranger.isGone);
  }
  for (const text of ['{"type":"relay"}', '{}', hello, 'x'.repeat(LIMITS.linkFrameBytes + 1)]) {
    const peer = await HostilePeer.link(here.a.peerPort);
    peer.sendText(text);
    await until(`the end after ${text.slice(0, 20)}`, () => peer.isGone);
  }
  await isSound(here);
});

test('[RELAY-10] a flood is dropped and counted; the others are heard meanwhile', async (t) => {
  const here = await town(t);
  const liar = await HostilePeer.link(here.a.peerPort);
  const frames = LIMITS.peerFramesBurst + 10_000;
  for (let sent = 0; sent < frames; sent += 1_000) {
    for (let k = 0; k < 1_000; k += 1) liar.sendText('{"type":"pong"}');
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until('a flood', () => countOf(here.a, 'dropped_flood') > 0);
  await isSound(here);
  liar.leave();
});

test('what somebody says honestly on a strange server is heard', async (t) => {
  const here = await town(t);
  const stranger = await HostilePeer.link(here.a.peerPort);
  const said = words('lab', 'hello from afar');
  stranger.send(stranger.stamped(said));
  await Promise.all([here.alice, here.bob].map((visitor) => visitor.hears('hello from afar')));
  assert.equal((parseJson(said.payload) as ChannelMessage).name, 'mallory');
  await isSound(here, 'hello from afar');
  stranger.leave();
});

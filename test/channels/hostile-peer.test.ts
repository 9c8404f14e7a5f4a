// A malicious peer on a real link: no forgery is delivered, no message twice, and honest servers are not disturbed.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { EnvelopeHeader } from '../../protocols/channels/peer-protocol.js';
import type { ChannelMessage } from '../../protocols/channels/signed-objects.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { clock } from '../../runtime/sources.js';
import { HostilePeer, signMessage } from './hostile-peer.js';
import { link, runChannelServer, until, type TestChannelServer } from './server.js';
import { TestClient } from './test-client.js';

/** Two honest servers with a client each; the malicious peer links with the first. */
async function testbed(t: TestContext) {
  const [a, b] = await Promise.all([runChannelServer(t), runChannelServer(t)]);
  await link(a, b);
  const alice = await TestClient.bySocket('alice', a.port).enter('lab');
  const bob = await TestClient.bySocket('bobby', b.port).enter('lab');
  return { a, b, alice, bob };
}

/** A genuine envelope of a server that these are not linked with. */
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

type Testbed = Awaited<ReturnType<typeof testbed>>;

/** Both clients received exactly the honest messages, and later ones arrive too. */
async function isSound({ alice, bob }: Testbed, ...texts: string[]): Promise<void> {
  alice.say('lab', 'last');
  await Promise.all([alice.hears('last'), bob.hears('last')]);
  for (const client of [alice, bob]) {
    assert.deepEqual(client.texts('lab'), [...texts, 'last']);
    client.leave();
  }
}

const origin = ({ stamp }: { stamp: { payload: string } }): string =>
  (parseJson(stamp.payload) as EnvelopeHeader).origin;

const countOf = (
  { channels }: TestChannelServer,
  what: 'dropped_forged' | 'dropped_known' | 'dropped_old' | 'dropped_flood',
) => channels.numbers.counts[what];

test('[RELAY-6] altered or invented messages have no effect, and their sender is cut off', async (t) => {
  const here = await testbed(t);
  const genuine = await overheardElsewhere(t);
  const payload = genuine.cargo.payload.replace('honest', 'forged');
  assert.notEqual(payload, genuine.cargo.payload);
  const altered = { payload, signature: genuine.cargo.signature };
  const asAlice = signMessage('lab', 'invented', { key: here.alice.key.publicKey, name: 'alice' });
  const forgeries = [
    () => ({ ...genuine, cargo: altered }),
    () => ({ ...genuine, cargo: signMessage('lab', 'under the stamp of another') }),
    (peer: HostilePeer) => peer.enveloped(altered),
    (peer: HostilePeer) => peer.enveloped(asAlice),
    (peer: HostilePeer) => peer.enveloped(signMessage('lab', 'under another id'), { id: 'AAAAAAAAAAAAAAAAAAAAAA' }),
    (peer: HostilePeer) => peer.enveloped(signMessage('lab', 'as said there'), { origin: origin(genuine) }),
  ];
  for (const [at, forgery] of forgeries.entries()) {
    const peer = await HostilePeer.link(here.a.peerPort);
    peer.send(forgery(peer));
    await until('the cut', () => peer.isGone);
    assert.equal(countOf(here.a, 'dropped_forged'), at + 1, `forgery ${at}`);
  }
  const messenger = await HostilePeer.link(here.a.peerPort);
  messenger.send(genuine); // no forgery has taken its place
  await here.bob.hears('honest');
  messenger.leave();
  await isSound(here, 'honest');
});

test('[RELAY-5] [VISIT-2] replayed, looped or re-enveloped messages are delivered once', async (t) => {
  const here = await testbed(t);
  const peer = await HostilePeer.link(here.a.peerPort);
  here.alice.say('lab', 'once');
  const genuine = await peer.overhears();
  for (let k = 0; k < 100; k += 1) peer.send(genuine);
  await until('100 replays dropped', () => countOf(here.a, 'dropped_known') >= 100);
  peer.send(peer.enveloped(genuine.cargo));
  await isSound(here, 'once');
  peer.leave();
});

test('[RELAY-6] envelopes that are old or have too many hops are not forwarded', async (t) => {
  const here = await testbed(t);
  const peer = await HostilePeer.link(here.a.peerPort);
  const at = clock.now() - LIMITS.relaySkewMs - 60_000;
  peer.send(peer.enveloped(signMessage('lab', 'stale', { at }), { at }));
  peer.send({ ...peer.enveloped(signMessage('lab', 'far')), hops: LIMITS.relayHopsMax + 1 });
  await until('both dropped', () => {
    const { dropped_old: old, dropped_hops: hops } = here.a.channels.numbers.counts;
    return old + hops >= 2;
  });
  await isSound(here);
  peer.leave();
});

test('[RELAY-2] garbage, frames out of order and a large first frame only end the link', async (t) => {
  const here = await testbed(t);
  const hello = JSON.stringify({ type: 'hello', versions: [2], features: [], address: null });
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

test('[RELAY-10] a flood is dropped and counted; other links are served meanwhile', async (t) => {
  const here = await testbed(t);
  const peer = await HostilePeer.link(here.a.peerPort);
  const frames = LIMITS.peerFramesBurst + 10_000;
  for (let sent = 0; sent < frames; sent += 1_000) {
    for (let k = 0; k < 1_000; k += 1) peer.sendText('{"type":"pong"}');
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until('a flood', () => countOf(here.a, 'dropped_flood') > 0);
  await isSound(here);
  peer.leave();
});

test('an honest message from an unknown server is delivered', async (t) => {
  const here = await testbed(t);
  const stranger = await HostilePeer.link(here.a.peerPort);
  const said = signMessage('lab', 'hello from afar');
  stranger.send(stranger.enveloped(said));
  await Promise.all([here.alice, here.bob].map((client) => client.hears('hello from afar')));
  assert.equal((parseJson(said.payload) as ChannelMessage).name, 'mallory');
  await isSound(here, 'hello from afar');
  stranger.leave();
});

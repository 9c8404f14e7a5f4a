// A friend sends as much as it can, in every way that is stored. The client stores so much a day, says so once, and
// loses nothing that it acknowledged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { DAY, KIB, MIB } from '../../../protocols/kit/limits/units.js';
import { framesOn, isClosed, NO_PROOF } from '../../client/engine/harness/fake-peer.js';
import { question } from '../../client/engine/harness/old-copy.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import { Testbed } from '../../client/engine/harness/testbed.js';
import { fakePrimitives } from '../../sim/kernel/fake-primitives.js';
import { signObject } from '../../../protocols/kit/signed.js';
import { textHash } from '../../../protocols/posts/manifest.js';
import { manifest } from '../../protocols/posts/samples.js';
import { HostileFriend } from '../identity/hostile-friend.js';

const BUDGET = 1 * MIB;
const LINK = 901;
const COUNT = 200;

const long = (nth: number): string => `${nth} `.padEnd(16 * KIB, 'x');
const warnings = (client: Client) => client.told('warning').filter(({ code }) => code === 'FRIEND_BUDGET');

/** Alice, who gives each friend a small budget, is online. */
function aliceIn(testbed: Testbed): Client {
  const alice = testbed.client('alice', { friendBytesPerDay: BUDGET });
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  return alice;
}

function floodedBy(testbed: Testbed): { alice: Client; bob: Client } {
  const alice = aliceIn(testbed);
  const [bob] = testbed.online('bob') as [Client];
  testbed.befriend(alice, bob);
  for (let nth = 0; nth < COUNT; nth += 1) bob.do({ type: 'say', user: 'alice', text: long(nth) });
  return { alice, bob };
}

function hostile(): { testbed: Testbed; alice: Client; mallory: HostileFriend } {
  const testbed = new Testbed();
  const alice = aliceIn(testbed);
  return { testbed, alice, mallory: HostileFriend.of(alice, testbed) };
}

/** The bytes of all texts of a conversation. */
const storedBytes = (client: Client, peer: string): number =>
  client.store.history(peer, 10_000, null).reduce((all, { text }) => all + text.length, 0);

const everything = Array.from({ length: COUNT }, (_, nth) => long(nth));

test('[CHAT-20] a flood over a link is stored up to the budget, and the user is told once', () => {
  const testbed = new Testbed();
  const { alice, bob } = floodedBy(testbed);
  testbed.pass(60_000);
  const stored = alice.texts('bob');
  assert.deepEqual(stored, everything.slice(0, stored.length));
  assert.ok(storedBytes(alice, 'bob') <= BUDGET && stored.length > COUNT / 5);
  assert.equal(warnings(alice).length, 1);
  assert.match(
    warnings(alice)[0]?.message ?? '',
    /^bob has sent more than 1 MiB .*--friend-mib-per-day 2\. .*block bob$/,
  );
  const delivered = Object.values(bob.states('alice')).filter((state) => state === 'delivered');
  assert.equal(delivered.length, stored.length);
});

for (const [way, takesDials] of [
  ['over links', true],
  ['in letters', false],
] as const) {
  test(`[CHAT-21] what exceeded the budget comes ${way} on later days, once and in order`, () => {
    const testbed = new Testbed();
    testbed.network.takesDials = takesDials;
    const { alice, bob } = floodedBy(testbed);
    testbed.pass(60_000);
    const first = alice.texts('bob').length;
    assert.ok(first > 0 && first < COUNT);
    testbed.pass(DAY);
    assert.ok(alice.texts('bob').length > first);
    testbed.pass(4 * DAY);
    assert.deepEqual(alice.texts('bob'), everything);
    assert.equal(alice.told('chat').length, COUNT);
    assert.ok(Object.values(bob.states('alice')).every((state) => state === 'delivered'));
  });
}

test('[CHAT-20] a restart does not renew the budget, and what is missing still comes', () => {
  const testbed = new Testbed();
  const { alice } = floodedBy(testbed);
  testbed.pass(60_000);
  const stored = alice.texts('bob').length;
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  testbed.pass(60_000);
  assert.equal(alice.texts('bob').length, stored);
  assert.equal(warnings(alice).length, 1);
  testbed.pass(5 * DAY);
  assert.deepEqual(alice.texts('bob'), everything);
});

test('[CHAT-20] the budget of one friend is not that of another', () => {
  const testbed = new Testbed();
  const { alice } = floodedBy(testbed);
  const [carol] = testbed.online('carol') as [Client];
  testbed.befriend(alice, carol);
  carol.do({ type: 'say', user: 'alice', text: 'hello' });
  testbed.pass(60_000);
  assert.deepEqual(alice.texts('carol'), ['hello']);
});

test('[CHAT-20] what is stored is acknowledged again after the budget is used up', () => {
  const { alice, mallory } = hostile();
  mallory.link(alice, LINK);
  const frames = everything.map((text, k) => ({
    ...{ type: 'message', ...mallory.message(alice, { seq: k + 1, after: k, lamport: k + 1, text }) },
  }));
  for (const frame of frames) mallory.say(alice, LINK, frame);
  const [stored, dropped] = [frames[0], frames.at(-1)].map((frame) => framesOn(mallory.say(alice, LINK, frame), LINK));
  assert.deepEqual(
    stored?.map(({ type }) => type),
    ['ack'],
  );
  assert.deepEqual(dropped, []);
});

test('[CHAT-20] a quick message beyond the budget is neither stored nor confirmed', () => {
  const { alice, mallory } = hostile();
  mallory.link(alice, LINK);
  const session = mallory.quick(LINK);
  const say = (): boolean => {
    const bytes = session.seal(mallory.words('x'.repeat(LIMITS.quickTextBytes)));
    return alice.give({ type: 'datagram', from: mallory.at, bytes }).some(({ type }) => type === 'datagram');
  };
  const answers = Array.from({ length: (2 * BUDGET) / LIMITS.quickTextBytes }, say);
  assert.ok(answers[0] && !answers.at(-1));
  assert.ok(storedBytes(alice, 'mallory') <= BUDGET);
  assert.equal(warnings(alice).length, 1);
});

test('[CHAT-20] announcements of posts beyond the budget are not stored, and the cursor stays', () => {
  const { alice, mallory } = hostile();
  mallory.link(alice, LINK);
  const text = 'x'.repeat(15 * KIB);
  const content = { text, size: text.length, sha256: textHash(text, fakePrimitives), type: 'text/plain', name: '' };
  const page = (after: number) => {
    const about = manifest({ ...content, author: 'mallory', device: mallory.device, id: `${after}`.padEnd(22, 'A') });
    const item = signObject('post', about, mallory.deviceKey, fakePrimitives);
    return { type: 'posts', after, upTo: after + 1, items: [item], more: false, proof: NO_PROOF };
  };
  const answers = Array.from({ length: COUNT }, (_, nth) => mallory.say(alice, LINK, page(nth)));
  assert.ok(framesOn(answers[0] ?? [], LINK).some(({ type }) => type === 'posts_wanted'));
  assert.deepEqual(framesOn(answers.at(-1) ?? [], LINK), []);
  assert.ok(!isClosed(answers.at(-1) ?? [], LINK));
  const { posts } = alice.do({ type: 'post_list', user: 'mallory', limit: 1_000, before: null });
  assert.ok(posts.length > 0 && posts.length * text.length <= BUDGET);
  assert.equal(warnings(alice).length, 1);
});

test('[CHAT-20] recovered messages beyond the budget are not stored, however often more are claimed', () => {
  const { testbed, alice, mallory } = hostile();
  mallory.dial(alice, LINK);
  mallory.say(alice, LINK, mallory.hello({ heard: mallory.acknowledgedBy(alice, 1) }));
  testbed.settle();
  let asked = question(mallory, alice, LINK + 1);
  assert.ok(asked);
  for (let seq = 1; seq <= COUNT; seq += 1) {
    const messages = [{ yours: false, ...mallory.message(alice, { seq, lamport: seq, text: long(seq) }) }];
    const { conversation, nonce } = asked;
    const refill = { type: 'refill', conversation, nonce, messages, more: true };
    const next = framesOn(mallory.say(alice, LINK + 1, refill), LINK + 1).find(({ type }) => type === 'refill_wanted');
    if (next) asked = next as typeof asked;
  }
  assert.ok(alice.texts('mallory').length > 10);
  assert.ok(storedBytes(alice, 'mallory') <= BUDGET);
  assert.equal(warnings(alice).length, 1);
});

test('[GROUP-46] a flood through a group counts too, and the rest comes on later days', () => {
  const testbed = new Testbed();
  const alice = aliceIn(testbed);
  const [bob] = testbed.online('bob') as [Client];
  testbed.befriend(alice, bob);
  bob.command({ type: 'create_group', group: 'lake', isPublic: false, history: 'all' });
  bob.command({ type: 'invite', group: 'lake', user: 'alice' });
  testbed.settle();
  alice.command({ type: 'accept', user: 'lake', nameKind: 'group' });
  testbed.settle();
  for (let nth = 0; nth < COUNT; nth += 1) bob.command({ type: 'broadcast', group: 'lake', text: long(nth) });
  testbed.pass(60_000);
  const shown = (): string[] => alice.told('group').map(({ text }) => text);
  const first = shown().length;
  assert.ok(first > 10 && first * 16 * KIB <= BUDGET);
  assert.equal(warnings(alice).length, 1);
  testbed.pass(6 * DAY);
  assert.deepEqual(shown(), everything);
});

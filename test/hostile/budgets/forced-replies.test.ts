// Others make a client write letters, each an answer to one of theirs. The name server takes only so many from a name,
// so without a bound this stops all other letters of the client, and fills its disk with waiting ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { toBase64url } from '../../../protocols/kit/bytes.js';
import { framesOn, FakePeer } from '../../client/engine/harness/fake-peer.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import { Testbed } from '../../client/engine/harness/testbed.js';
import { HostileFriend } from '../identity/hostile-friend.js';

const FLOOD = 2 * LIMITS.repliesInAll.burst;
const LINK = 901;

function setUp(): { testbed: Testbed; alice: Client; mallory: HostileFriend } {
  const testbed = new Testbed();
  testbed.network.takesDials = false;
  const [alice] = testbed.online('alice') as [Client];
  return { testbed, alice, mallory: HostileFriend.of(alice, testbed) };
}

const lettersTo = (testbed: Testbed, name: string): number =>
  testbed.server.seen.filter(({ from, letter }) => from === 'alice' && letter.to === name).length;

/** How many letters alice writes to this peer while it writes so many. */
function replies(testbed: Testbed, peer: FakePeer, write: (nth: number) => void): number {
  const before = lettersTo(testbed, peer.name);
  for (let nth = 0; nth < FLOOD; nth += 1) write(nth);
  return lettersTo(testbed, peer.name) - before;
}

const nonce = (nth: number): string => toBase64url(new Uint8Array(32).fill(nth));

test('[LETTER-22] offers of a friend are answered so many times a minute', () => {
  const { testbed, alice, mallory } = setUp();
  const offer = (nth: number): void => void mallory.write(alice, 'offer', { nonce: nonce(nth), endpoints: [] });
  const count = replies(testbed, mallory, offer);
  assert.ok(count > 0 && count <= LIMITS.repliesPerUser.burst, String(count));
  testbed.pass(60_000);
  assert.ok(replies(testbed, mallory, offer) > 0);
});

test('[LETTER-22] friend requests of the past by strangers are answered so many times a minute', () => {
  const { testbed, alice } = setUp();
  const strangers = ['eve', 'oscar', 'trudy'].map((name) => new FakePeer(name, testbed));
  const counts = strangers.map((stranger) => {
    stranger.register();
    const record = stranger.record();
    stranger.write(alice, 'friend_request', { record, epoch: 5, note: '' });
    alice.do({ type: 'reject', user: stranger.name, nameKind: 'user' });
    testbed.settle();
    return replies(testbed, stranger, () => stranger.write(alice, 'friend_request', { record, epoch: 1, note: '' }));
  });
  assert.ok(
    counts.every((count) => count <= LIMITS.repliesPerUser.burst),
    String(counts),
  );
  assert.ok(counts.reduce((all, count) => all + count) <= LIMITS.repliesInAll.burst, String(counts));
});

test('[LETTER-22] a friend who confirms the friendship again and again makes held messages leave so many times', () => {
  const { testbed, alice, mallory } = setUp();
  alice.command({ type: 'say', user: 'mallory', text: 'hello' });
  testbed.pass(60_000);
  const confirm = (): void => {
    mallory.write(alice, 'friend_answer', { record: mallory.record(), epoch: 1, accepted: true });
    testbed.pass(100);
  };
  const count = replies(testbed, mallory, confirm);
  assert.ok(count > 0 && count <= 2 * LIMITS.confirmationsPerFriend.burst, String(count));
});

const request = (alice: Client, mallory: HostileFriend, nth: number) => {
  const { conversation } = mallory.message(alice);
  return { type: 'refill_wanted', conversation, nonce: toBase64url(new Uint8Array(16).fill(nth)), have: [] };
};

test('[LETTER-23] of recovered messages for a friend that takes no letters, the newest letter waits', () => {
  const { testbed, alice, mallory } = setUp();
  testbed.server.rejects = ({ to }) => (to === 'mallory' ? 'MAILBOX_FULL' : null);
  for (let nth = 0; nth < 20; nth += 1) mallory.write(alice, 'refill_wanted', request(alice, mallory, nth));
  testbed.pass(10_000);
  const waiting = alice.store.lettersTo('mallory', 'refill');
  assert.equal(waiting.length, 1);
  assert.match(waiting[0]?.body ?? '', new RegExp(request(alice, mallory, 19).nonce));
});

test('[CHAT-27] a friend that asks for recovered messages without end gets them at a bounded pace', () => {
  const { testbed, alice, mallory } = setUp();
  mallory.link(alice, LINK);
  const batches = (effects: Parameters<typeof framesOn>[0]) =>
    framesOn(effects, LINK).filter(({ type }) => type === 'refill') as unknown as { nonce: string }[];
  const answers = Array.from({ length: 3 * LIMITS.historyRecoveryBatches.burst }, (_, nth) =>
    batches(mallory.say(alice, LINK, request(alice, mallory, nth))),
  ).flat();
  assert.equal(answers.length, LIMITS.historyRecoveryBatches.burst);
  const late: { nonce: string }[] = [];
  testbed.passes = (_, effect) => late.push(...batches([effect])) >= 0;
  testbed.pass(1_000);
  const last = request(alice, mallory, 3 * LIMITS.historyRecoveryBatches.burst - 1);
  assert.deepEqual(
    late.map((batch) => batch.nonce),
    [last.nonce],
  );
});

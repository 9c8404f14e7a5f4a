// The name server lists a friend under another key: the pinned key counts until the user has compared numbers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Effect } from '../../../../client/engine/core/io.js';
import type { Client } from '../harness/test-client.js';
import { framesOn, isClosed, FakePeer } from '../harness/fake-peer.js';
import { Testbed } from '../harness/testbed.js';

const say = (text: string) => ({ type: 'say', user: 'bob', text }) as const;

/** Alice has a friend bob; then the name server lists bob under another key, and alice learns of it. */
function setUp(waiting: string[] = []): { testbed: Testbed; alice: Client; bob: FakePeer; other: FakePeer } {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  bob.link(alice, 901);
  for (const text of waiting) alice.do(say(text));
  const other = new FakePeer('bob', testbed, 'another life');
  other.register();
  alice.command({ type: 'update' });
  testbed.settle();
  return { testbed, alice, bob, other };
}

const verify = { type: 'verify', user: 'bob', confirm: null, reject: false } as const;
const confirm = (number: string | null) => ({ ...verify, confirm: number }) as const;
const reject = { ...verify, reject: true } as const;

/** The command that confirms the key that the name server claims now. */
const confirmClaimed = (alice: Client) => confirm(alice.do(verify).claimed);

/** The texts that left over a link. */
const texts = (effects: readonly Effect[], link: number) =>
  framesOn(effects, link).flatMap((frame) => ('text' in frame ? [frame.text] : []));

const letters = ({ server }: Testbed) => server.seen.filter(({ letter }) => !letter.fleeting).length;

test('[DIR-9] another key warns once', () => {
  const { testbed, alice } = setUp();
  alice.command({ type: 'update' });
  testbed.settle();
  assert.deepEqual(
    alice.told('warning').map(({ code }) => code),
    ['KEY_CHANGED'],
  );
});

test('[DIR-15] while a key is only claimed, the link with the pinned key goes on, both ways', () => {
  const { alice, bob } = setUp();
  assert.deepEqual(texts(alice.give({ type: 'command', ref: 900, command: say('to bob') }), 901), ['to bob']);
  bob.say(alice, 901, { type: 'message', ...bob.message(alice, { text: 'to alice' }) });
  assert.deepEqual(alice.texts('bob').sort(), ['to alice', 'to bob']);
});

test('[DIR-15] while a key is only claimed, its devices are neither linked nor heard', () => {
  const { alice, bob, other } = setUp();
  assert.ok(isClosed(other.link(alice, 902), 902));
  other.write(alice, 'message', { epoch: 1, heard: null, messages: [other.message(alice)] });
  assert.deepEqual(alice.texts('bob'), []);
  bob.write(alice, 'message', { epoch: 1, heard: null, messages: [bob.message(alice, { text: 'old key' })] });
  assert.deepEqual(alice.texts('bob'), ['old key']);
});

test('[DIR-15] while a key is only claimed, no letter leaves; what waits says why, through a restart', () => {
  const { testbed, alice } = setUp();
  const before = letters(testbed);
  testbed.network.cut(alice);
  alice.give({ type: 'link_closed', link: 901, reason: 'broken' });
  alice.do(say('waits'));
  testbed.pass(180_000);
  assert.match(alice.do({ type: 'outbox' }).messages[0]?.why ?? '', /verify bob$/);
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  testbed.pass(180_000);
  assert.equal(letters(testbed), before);
  assert.deepEqual(alice.states('bob'), { waits: 'queued' });
});

test('[DIR-15] the claim ends when the pinned key is listed again, and letters leave', () => {
  const { testbed, alice, bob } = setUp();
  alice.give({ type: 'link_closed', link: 901, reason: 'broken' });
  alice.do(say('waits'));
  testbed.pass(60_000);
  bob.register();
  alice.command({ type: 'update' });
  testbed.settle();
  assert.equal(alice.told('warning').at(-1)?.code, 'KEY_LISTED_AGAIN');
  assert.equal(alice.do(verify).claimed, null);
  testbed.pass(60_000);
  assert.deepEqual(alice.states('bob'), { waits: 'held' });
});

test('[DIR-15] a friendship is neither begun nor answered while another key is claimed', () => {
  const { testbed, alice, other } = setUp();
  alice.do({ type: 'remove', user: 'bob' });
  testbed.settle();
  assert.equal(alice.refusal({ type: 'add', user: 'bob', note: '' }), 'KEY_CHANGED');
  other.write(alice, 'friend_request', { record: other.record(), epoch: 2, note: '' });
  assert.deepEqual(alice.do({ type: 'requests' }).requests, []);
});

test('[DIR-16] verify shows both numbers; the confirmed number says which key is pinned', () => {
  const { alice } = setUp();
  const before = alice.do(verify);
  assert.ok(before.claimed);
  assert.notEqual(before.claimed, before.safetyNumber);
  const after = alice.do(confirm(before.claimed.replaceAll(' ', '')));
  assert.deepEqual(after, { safetyNumber: before.claimed, claimed: null, verified: true });
  assert.equal(alice.do({ type: 'list' }).friends[0]?.verified, true);
});

test('[DIR-16] the number of the pinned key verifies it and ends the claim', () => {
  const { alice } = setUp();
  const { safetyNumber } = alice.do(verify);
  assert.deepEqual(alice.do(confirm(safetyNumber)), { safetyNumber, claimed: null, verified: true });
});

/** Alice has learned of the claim; since then the name server lists the real bob again, and she has not looked. */
function listedAgain(): { testbed: Testbed; alice: Client } {
  const { testbed, alice, bob } = setUp();
  bob.register();
  assert.notEqual(alice.do(verify).claimed, null);
  return { testbed, alice };
}

test('[DIR-18] the client looks a claimed key up again within an hour', () => {
  const { testbed, alice } = listedAgain();
  testbed.pass(LIMITS.friendRequestCheckMs);
  assert.equal(alice.do(verify).claimed, null);
});

test('[DIR-18] the client looks a claimed key up again when a session opens', () => {
  const { testbed, alice } = listedAgain();
  testbed.server.drop(alice, 'broken');
  testbed.pass(5_000);
  assert.equal(alice.do(verify).claimed, null);
});

test('[DIR-16] another number confirms nothing and names the numbers of now', () => {
  const { alice } = setUp();
  const before = alice.do(verify);
  const answer = alice.answer(alice.command(confirm('1'.repeat(60)))[0]);
  assert.ok(answer && !answer.ok);
  assert.equal(answer.refusal.code, 'SAFETY_NUMBER_DIFFERS');
  assert.ok(answer.refusal.about.includes(before.safetyNumber) && answer.refusal.about.includes(before.claimed ?? '?'));
  assert.deepEqual(alice.do(verify), before);
});

test('[DIR-17] --reject keeps the pinned key and forgets the claim; there must be one', () => {
  const { alice } = setUp();
  const { safetyNumber } = alice.do(verify);
  assert.deepEqual(alice.do(reject), { safetyNumber, claimed: null, verified: false });
  assert.equal(alice.refusal(reject), 'NO_KEY_CLAIM');
});

test('[DIR-9] what waited under the old key is written again under the new, and to the new device only', () => {
  const { alice, bob, other } = setUp(['one', 'two']);
  const effects = alice.give({ type: 'command', ref: 900, command: confirmClaimed(alice) });
  assert.deepEqual(texts(effects, 901), []);
  assert.ok(isClosed(effects, 901));
  assert.deepEqual(texts(other.link(alice, 902), 902), ['one', 'two']);
  assert.ok(isClosed(bob.link(alice, 903), 903));
});

test('[DIR-9] after the confirmation the new key may write, and the old key may not', () => {
  const { alice, bob, other } = setUp();
  alice.do(confirmClaimed(alice));
  bob.write(alice, 'message', { epoch: 1, heard: null, messages: [bob.message(alice, { text: 'old' })] });
  other.write(alice, 'message', { epoch: 1, heard: null, messages: [other.message(alice, { text: 'new' })] });
  assert.deepEqual(alice.texts('bob'), ['new']);
});

test('[DIR-9] a newer record under the same key is followed in silence', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  const next = new FakePeer('bob', testbed, 'next device');
  bob.register(bob.record(2, next.device));
  assert.deepEqual(alice.answer(alice.command({ type: 'update' })[0]), null);
  testbed.settle();
  assert.deepEqual(alice.told('warning'), []);
  assert.equal(alice.refusal(say('x')), 'success');
});

test('verify marks a friend whose key never changed, and knows no strangers', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  const { safetyNumber, verified } = alice.do(verify);
  assert.equal(verified, false);
  assert.equal(alice.do(confirm(safetyNumber)).verified, true);
  assert.equal(bob.do({ ...verify, user: 'alice' }).safetyNumber, safetyNumber);
  assert.equal(alice.refusal({ ...verify, user: 'carol' }), 'NOT_FRIENDS');
});

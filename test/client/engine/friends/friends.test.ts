// Friends by letter: asked, answered, crossed and ended while either is away; and how many there may be.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Client } from '../harness/test-client.js';
import { FakePeer } from '../harness/fake-peer.js';
import { Testbed } from '../harness/testbed.js';

const GO = { type: 'online', acceptServer: false } as const;
const add = (user: string, note = '') => ({ type: 'add', user, note }) as const;

function two(): { testbed: Testbed; alice: Client; bob: Client } {
  const testbed = new Testbed();
  const [alice, bob] = testbed.online('alice', 'bob') as [Client, Client];
  return { testbed, alice, bob };
}

const friendship = (client: Client, of: string) =>
  client.store.people().find(({ name }) => name === of)?.friendship ?? 'none';
const both = (a: Client, b: Client) => [friendship(a, b.name), friendship(b, a.name)];

test('[FRIEND-1] a request with a note, and an acceptance', () => {
  const { testbed, alice, bob } = two();
  alice.command(add('bob', 'we met at the lake'));
  testbed.settle();
  assert.deepEqual(bob.do({ type: 'requests' }).requests, [
    { kind: 'friend', from: 'alice', note: 'we met at the lake' },
  ]);
  assert.deepEqual(
    alice.do({ type: 'list' }).friends.map(({ state }) => state),
    ['asked'],
  );
  bob.do({ type: 'accept', user: 'alice' });
  testbed.settle();
  assert.deepEqual(both(alice, bob), ['friend', 'friend']);
  assert.deepEqual([alice.told('friend_added').length, bob.told('friend_added').length], [1, 1]);
});

test('[FRIEND-1] two requests that cross are an agreement', () => {
  const { testbed, alice, bob } = two();
  alice.command(add('bob'));
  bob.command(add('alice'));
  testbed.settle();
  assert.deepEqual(both(alice, bob), ['friend', 'friend']);
  assert.deepEqual([alice.told('friend_added').length, bob.told('friend_added').length], [1, 1]);
});

test('[FRIEND-1] neither needs to be there when the other asks or answers', () => {
  const { testbed, alice, bob } = two();
  bob.command({ type: 'offline' });
  alice.command(add('bob'));
  testbed.settle();
  alice.command({ type: 'offline' });
  bob.command(GO);
  testbed.settle();
  bob.do({ type: 'accept', user: 'alice' });
  testbed.settle();
  bob.command({ type: 'offline' });
  alice.command(GO);
  testbed.settle();
  assert.deepEqual(both(alice, bob), ['friend', 'friend']);
});

test('[FRIEND-1] a rejection is told, and leaves both free to ask again', () => {
  const { testbed, alice, bob } = two();
  alice.command(add('bob'));
  testbed.settle();
  bob.do({ type: 'reject', user: 'alice' });
  testbed.settle();
  assert.deepEqual(both(alice, bob), ['none', 'none']);
  assert.equal(alice.told('warning').at(-1)?.code, 'REQUEST_REJECTED');
  alice.command(add('bob'));
  testbed.settle();
  bob.do({ type: 'accept', user: 'alice' });
  testbed.settle();
  assert.deepEqual(both(alice, bob), ['friend', 'friend']);
});

test('[FRIEND-2] an answer to no question makes no friend, but is a wish to be one: we may have lost our data', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.register();
  bob.write(alice, 'friend_answer', { record: bob.record(), epoch: 1, accepted: true });
  assert.deepEqual([alice.told('friend_added'), testbed.server.seen], [[], []]);
  assert.deepEqual(
    alice.told('friend_request').map(({ from }) => from),
    ['bob'],
  );
  bob.write(alice, 'bye', { epoch: 2 });
  assert.deepEqual(alice.do({ type: 'requests' }).requests, []);
});

test("[FRIEND-2] a stranger's no is not even remembered", () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.register();
  bob.write(alice, 'friend_answer', { record: bob.record(), epoch: 1, accepted: false });
  bob.write(alice, 'bye', { epoch: 1 });
  assert.deepEqual([alice.store.people(), testbed.server.seen], [[], []]);
});

test('[FRIEND-2] a friend whom our data does not know asks by what is said, and all of it comes after the yes', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  testbed.network.takesDials = false;
  alice.loseDisk();
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  bob.do({ type: 'say', user: 'alice', text: 'do you still know me?' });
  testbed.pass(20_000);
  assert.deepEqual([alice.told('chat'), alice.told('friend_request').at(-1)?.from], [[], 'bob']);
  alice.do({ type: 'accept', user: 'bob' });
  testbed.pass(60_000);
  assert.deepEqual(alice.texts('bob'), ['do you still know me?']);
  assert.deepEqual(bob.states('alice'), { 'do you still know me?': 'delivered' });
});

test('[FRIEND-6] a wish by what is said counts among the 500', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  for (let k = 0; k <= LIMITS.requestsMax; k += 1) {
    const stranger = new FakePeer(`u${k}`, testbed);
    stranger.register();
    stranger.write(alice, 'friend_answer', { record: stranger.record(), epoch: 1, accepted: true });
  }
  assert.equal(alice.do({ type: 'requests' }).requests.length, LIMITS.requestsMax);
});

test('[FRIEND-9] a request goes again when the other has a new device, looked up when online and each hour', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.register();
  alice.command(add('bob', 'hello'));
  testbed.settle();
  const requests = () =>
    testbed.server.seen.filter(({ letter }) => letter.to === 'bob').map(({ letter }) => letter.device);
  assert.deepEqual(requests(), [bob.device]);
  testbed.pass(LIMITS.friendRequestCheckMs + 1_000);
  assert.deepEqual(requests(), [bob.device]);
  const fresh = new FakePeer('eve', testbed).device;
  bob.register(bob.record(2, fresh));
  testbed.pass(LIMITS.friendRequestCheckMs);
  assert.deepEqual(requests(), [bob.device, fresh]);
  bob.register(bob.record(3));
  testbed.server.drop(alice, 'broken');
  testbed.pass(2_000);
  assert.deepEqual(requests(), [bob.device, fresh, bob.device]);
});

test('[FRIEND-2] a known user who believes in a friendship that has ended is told so', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  testbed.server.rejects = ({ to }) => (to === 'bob' ? 'RECIPIENT_UNKNOWN' : null);
  alice.do({ type: 'remove', user: 'bob' });
  testbed.settle();
  assert.deepEqual(both(alice, bob), ['none', 'friend']);
  testbed.server.rejects = () => null;
  testbed.network.takesDials = false;
  bob.do({ type: 'say', user: 'alice', text: 'hi' });
  testbed.pass(30_000);
  assert.deepEqual(both(alice, bob), ['none', 'none']);
  assert.deepEqual(bob.states('alice'), { hi: 'cancelled' });
});

test('[FRIEND-2] accept and reject with nothing to answer, and remove of a stranger, are refused', () => {
  const { alice } = two();
  assert.equal(alice.refusal({ type: 'accept', user: 'bob' }), 'NO_REQUEST');
  assert.equal(alice.refusal({ type: 'reject', user: 'bob' }), 'NO_REQUEST');
  assert.equal(alice.refusal({ type: 'remove', user: 'bob' }), 'NOT_FRIENDS');
  assert.equal(alice.refusal(add('alice')), 'SELF');
  assert.equal(alice.refusal(add('bob', 'x'.repeat(LIMITS.noteBytes + 1))), 'TEXT_TOO_LONG');
});

test('a friend is not asked again, and an unregistered name is refused', () => {
  const testbed = new Testbed();
  const [alice] = testbed.friends();
  assert.equal(alice.refusal(add('bob')), 'ALREADY_FRIENDS');
  const [ref] = alice.command(add('nobody'));
  testbed.settle();
  const answer = alice.answer(ref);
  assert.ok(answer && !answer.ok && answer.refusal.code === 'USER_UNKNOWN');
});

test('[FRIEND-3] either friend ends the friendship alone, no matter who asked first and who is online', () => {
  for (const isThere of [true, false]) {
    const testbed = new Testbed();
    const [alice, bob] = testbed.friends();
    if (!isThere) alice.command({ type: 'offline' });
    bob.do({ type: 'remove', user: 'alice' });
    testbed.settle();
    alice.command(GO);
    testbed.settle();
    assert.deepEqual(both(alice, bob), ['none', 'none']);
    assert.deepEqual([alice.told('friend_removed').length, bob.told('friend_removed').length], [1, 1]);
  }
});

test('[FRIEND-3] a request can be taken back', () => {
  const { testbed, alice, bob } = two();
  alice.command(add('bob'));
  testbed.settle();
  alice.do({ type: 'remove', user: 'bob' });
  testbed.settle();
  assert.deepEqual(bob.do({ type: 'requests' }).requests, []);
  assert.equal(bob.refusal({ type: 'accept', user: 'alice' }), 'NO_REQUEST');
});

test('[FRIEND-7] removed while the other accepts: both end as no friends, and may begin again', () => {
  const { testbed, alice, bob } = two();
  alice.command(add('bob'));
  testbed.settle();
  alice.command({ type: 'remove', user: 'bob' });
  bob.command({ type: 'accept', user: 'alice' });
  testbed.settle();
  assert.deepEqual(both(alice, bob), ['none', 'none']);
  testbed.befriend(alice, bob);
  assert.deepEqual(both(alice, bob), ['friend', 'friend']);
});

test('[FRIEND-5] the key of a former friend stays pinned: another key under the name is no old friend', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  new FakePeer('bob', testbed).befriend(alice);
  alice.do({ type: 'remove', user: 'bob' });
  testbed.settle();
  const other = new FakePeer('bob', testbed, 'another life');
  other.register();
  other.write(alice, 'friend_request', { record: other.record(), epoch: 1, note: 'hi again' });
  assert.deepEqual(alice.told('friend_request'), []);
  assert.equal(alice.told('warning').at(-1)?.code, 'KEY_CHANGED');
  assert.equal(alice.refusal(add('bob')), 'KEY_CHANGED');
});

test('[FRIEND-6] at most 500 requests wait for an answer', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  for (let k = 0; k < LIMITS.requestsMax + 5; k += 1) {
    const stranger = new FakePeer(`s${k}`, testbed);
    stranger.register();
    stranger.write(alice, 'friend_request', { record: stranger.record(), epoch: 1, note: '' });
  }
  assert.equal(alice.do({ type: 'requests' }).requests.length, LIMITS.requestsMax);
});

test('[FRIEND-6] at most 5000 friends are kept', () => {
  const testbed = new Testbed();
  const alice = testbed.client('alice');
  const none = { pinned: null, epoch: 1, note: '', blocked: false, verified: false, claimed: null, endpoints: [] };
  alice.store.transaction(() => {
    for (let k = 0; k < LIMITS.friendsMax; k += 1)
      alice.store.putPerson({ ...none, name: `f${k}`, friendship: 'friend' });
    alice.store.putPerson({ ...none, name: 'wanting', friendship: 'wanted' });
  });
  alice.restart();
  assert.equal(alice.refusal(add('one-more')), 'LIST_FULL');
  assert.equal(alice.refusal({ type: 'accept', user: 'wanting' }), 'LIST_FULL');
});

test('friends, requests and their notes survive a restart', () => {
  const { testbed, alice, bob } = two();
  alice.command(add('bob', 'hi'));
  testbed.settle();
  testbed.restart(bob);
  assert.deepEqual(
    bob.do({ type: 'requests' }).requests.map(({ from, note }) => [from, note]),
    [['alice', 'hi']],
  );
});

test('[FRIEND-7] a friend who lost everything but the keys is a friend again by asking', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  testbed.network.cut(bob);
  testbed.server.drop(bob, 'gone');
  bob.loseDisk();
  bob.give({ type: 'network', endpoints: [testbed.endpoint(bob)] });
  bob.command(GO);
  testbed.settle();
  bob.command(add('alice'));
  testbed.settle();
  assert.deepEqual(both(alice, bob), ['friend', 'friend']);
});

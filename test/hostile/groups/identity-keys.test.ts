// Hostile members and leaders of groups bring persons with made-up keys: no client takes such a person for another one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintWords } from '../../../protocols/directory/fingerprint.js';
import { signRecord } from '../../../protocols/directory/record-signing.js';
import { signObject } from '../../../protocols/kit/signed.js';
import { framesOn, FakePeer, isClosed } from '../../client/engine/harness/fake-peer.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import { Testbed } from '../../client/engine/harness/testbed.js';
import { fakePrimitives } from '../../sim/kernel/fake-primitives.js';
import { HostileLeader, lettersTo } from './hostile-leader.js';

function membersOf(client: Client, group = 'lake'): string[] {
  return client.do({ type: 'members', group }).members;
}

function pinnedKey(client: Client, user: string): string | null {
  return client.store.people().find(({ name }) => name === user)?.pinned?.key ?? null;
}

function warnings(client: Client): string[] {
  return client.told('warning').map(({ code }) => code);
}

/** Alice leads the group `lake` with mallory in it, who is hostile, and knows carol as a friend. */
function honestLeader() {
  const testbed = new Testbed();
  const [alice, carol] = testbed.friends('alice', 'carol');
  const mallory = new FakePeer('mallory', testbed);
  mallory.register();
  alice.do({ type: 'create_group', group: 'lake', isPublic: false, history: null });
  alice.command({ type: 'invite', group: 'lake', user: 'mallory' });
  testbed.settle();
  const invitation = lettersTo(mallory, alice).at(-1);
  assert.ok(invitation?.body.type === 'invite');
  const { group, body } = invitation;
  /** Sends alice a join request of a person, signed by that person's device. */
  const ask = (person: FakePeer): void => {
    const author = { group, by: person.name, device: person.device, key: person.identity.publicKey };
    const said = { ...author, head: body.head, nonce: 'A'.repeat(22), at: 1 };
    const consent = signObject('consent', said, person.deviceKey, fakePrimitives);
    mallory.write(alice, 'group', {
      group,
      body: { type: 'join_request', name: 'lake', record: person.record(), consent },
    });
  };
  ask(mallory);
  assert.deepEqual(membersOf(alice), ['alice', 'mallory']);
  return { testbed, alice, carol, mallory, ask };
}

test('[GROUP-41] a member that answers an invitation for another user with a made-up record is refused', () => {
  const { testbed, alice, carol, ask } = honestLeader();
  alice.command({ type: 'invite', group: 'lake', user: 'carol' });
  ask(new FakePeer('carol', testbed, 'made up'));
  testbed.settle();
  assert.deepEqual(membersOf(alice), ['alice', 'mallory']);
  assert.ok(warnings(alice).includes('MEMBER_KEY'));
  assert.equal(pinnedKey(alice, 'carol'), carol.me.identity.publicKey);
  carol.do({ type: 'accept', user: 'lake', nameKind: 'group' });
  testbed.settle();
  assert.deepEqual(membersOf(alice), ['alice', 'mallory', 'carol']);
});

test('[GROUP-42] a join request under a key that the name server does not state is refused', () => {
  const { testbed, alice, ask } = honestLeader();
  const dave = new FakePeer('dave', testbed);
  dave.register();
  ask(new FakePeer('dave', testbed, 'made up'));
  testbed.settle();
  assert.deepEqual(alice.do({ type: 'requests' }).requests, []);
  assert.ok(warnings(alice).includes('MEMBER_KEY'));
  assert.equal(pinnedKey(alice, 'dave'), dave.identity.publicKey);
});

test('[GROUP-42] without an answer of the name server no user without a pinned key is added', () => {
  const { testbed, alice, ask } = honestLeader();
  const dave = new FakePeer('dave', testbed, 'made up');
  testbed.server.records.delete('dave');
  ask(dave);
  testbed.server.isUp = false;
  const [ref] = alice.command({ type: 'accept', user: 'dave', group: 'lake' });
  testbed.settle();
  const answer = alice.answer(ref);
  assert.ok(answer?.ok === false && answer.refusal.code === 'SERVER_AWAY');
  assert.equal(pinnedKey(alice, 'dave'), null);
  testbed.server.isUp = true;
  new FakePeer('dave', testbed).register();
  assert.equal(alice.refusal({ type: 'accept', user: 'dave', group: 'lake' }), 'no answer');
  testbed.settle();
  assert.deepEqual(membersOf(alice), ['alice', 'mallory']);
});

test('[GROUP-41] an invitation for another key of the same name is not shown', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const mallory = new HostileLeader('mallory', testbed);
  const { index, hash } = mallory.log.position;
  const policy = { deputies: [], history: 'all', join: 'ask' };
  const key = mallory.identity.publicKey;
  const invite = { type: 'invite', key, name: 'lake', public: false, head: { index, hash }, policy, members: 1 };
  mallory.write(alice, 'group', { group: mallory.group, body: invite });
  assert.deepEqual(alice.do({ type: 'requests' }).requests, []);
});

/** Mallory leads `lake` with alice and bob in it. Bob and dave are friends; alice has never met dave. */
function hostileLeader() {
  const testbed = new Testbed();
  const [bob, dave] = testbed.friends('bob', 'dave');
  const [alice] = testbed.online('alice') as [Client];
  const mallory = new HostileLeader('mallory', testbed);
  for (const client of [alice, bob]) mallory.admit(client);
  for (const client of [alice, bob, dave]) client.events = [];
  return { testbed, mallory, alice, bob, dave, fake: new FakePeer('dave', testbed, 'made up') };
}

test('[GROUP-43] no client pins a key, or follows a record, that a group brings', () => {
  const { testbed, mallory, alice, bob, dave, fake } = hostileLeader();
  testbed.server.isUp = false;
  mallory.add(fake);
  for (const client of [alice, bob]) mallory.sendLog(client, [fake.record(2)]);
  assert.deepEqual(membersOf(alice), ['mallory', 'alice', 'bob', 'dave']);
  assert.equal(pinnedKey(alice, 'dave'), null);
  testbed.server.isUp = true;
  for (const client of [alice, bob]) testbed.restart(client);
  for (const client of [alice, bob]) client.command({ type: 'online', acceptServer: false });
  testbed.settle();
  for (const client of [alice, bob]) assert.equal(pinnedKey(client, 'dave'), dave.me.identity.publicKey);
  assert.ok(alice.told('warning').some(({ code }) => code === 'MEMBER_OTHER'));
  const [ref] = alice.command({ type: 'lookup', user: 'dave' });
  testbed.settle();
  const found = alice.answer(ref);
  assert.ok(found?.ok && (found.data as { key: string }).key === dave.me.identity.publicKey);
});

test('[GROUP-43] a friend request after the group goes to the person that the name server lists', () => {
  const { testbed, mallory, alice, dave, fake } = hostileLeader();
  mallory.add(fake);
  mallory.sendLog(alice);
  alice.command({ type: 'add', user: 'dave', note: '' });
  testbed.settle();
  dave.do({ type: 'accept', user: 'alice' });
  testbed.settle();
  assert.deepEqual(alice.told('friend_added').at(-1)?.user, 'dave');
  const seen = testbed.server.seen.filter(({ from, letter }) => from === 'alice' && letter.to === 'dave');
  assert.ok(seen.length > 0);
  for (const { letter } of seen) assert.notEqual(letter.device, fake.device);
  assert.deepEqual(lettersTo(fake, alice), []);
});

test('[GROUP-44] messages of a made-up member never stand under the name of the friend', () => {
  const { mallory, bob, fake, dave } = hostileLeader();
  mallory.add(fake);
  mallory.sendLog(bob);
  mallory.sendMessages(bob, mallory.groupMessage(fake, 'send me the money'));
  const fingerprint = fingerprintWords(fake.identity.publicKey, fakePrimitives);
  assert.deepEqual(
    bob.told('group').map(({ from, otherKey }) => [from, otherKey]),
    [['dave', fingerprint]],
  );
  const warning = bob.told('warning').find(({ code }) => code === 'MEMBER_OTHER');
  assert.ok(warning?.message.includes(fingerprint));
  assert.deepEqual(bob.do({ type: 'members', group: 'lake' }).others, [{ user: 'dave', fingerprint }]);
  assert.deepEqual(bob.told('group_members').at(-1)?.others, [{ user: 'dave', fingerprint }]);
  const history = bob.do({ type: 'history', user: 'lake', nameKind: 'group', limit: 9, before: null });
  assert.equal(history.messages[0]?.otherKey, fingerprint);
  const search = (from: string | null) => bob.do({ type: 'search', words: ['money'], from, in: null, before: null });
  assert.equal(search(null).messages[0]?.otherKey, fingerprint);
  assert.deepEqual(search('dave').messages, []);
  assert.equal(pinnedKey(bob, 'dave'), dave.me.identity.publicKey);
});

test('[GROUP-44] a message that was stored before the key was known is marked later', () => {
  const { testbed, mallory, alice, fake } = hostileLeader();
  testbed.server.isUp = false;
  mallory.add(fake);
  mallory.sendLog(alice);
  mallory.sendMessages(alice, mallory.groupMessage(fake, 'hello'));
  assert.equal(alice.told('group')[0]?.otherKey, undefined);
  testbed.server.isUp = true;
  alice.command({ type: 'add', user: 'dave', note: '' });
  testbed.settle();
  const history = alice.do({ type: 'history', user: 'lake', nameKind: 'group', limit: 9, before: null });
  assert.equal(history.messages[0]?.otherKey, fingerprintWords(fake.identity.publicKey, fakePrimitives));
  assert.ok(alice.told('group_members').at(-1)?.others);
});

test('[GROUP-44] [GROUP-45] the friend gets nothing of a group in which only the made-up member is', () => {
  const { testbed, mallory, bob, fake, dave } = hostileLeader();
  mallory.add(fake);
  mallory.sendLog(bob);
  bob.command({ type: 'say', user: 'dave', text: 'hi' });
  testbed.pass(60_000);
  assert.ok(testbed.network.join(bob, dave));
  const sent = testbed.server.seen.length;
  const frames: string[] = [];
  const give = dave.give.bind(dave);
  dave.give = (...inputs) => {
    for (const input of inputs) if (input.type === 'link_frame') frames.push((input.frame as { type: string }).type);
    return give(...inputs);
  };
  bob.do({ type: 'broadcast', group: 'lake', text: 'only for us' });
  testbed.pass(120_000);
  assert.ok(frames.includes('ping'));
  assert.ok(!frames.includes('group'));
  const toDave = testbed.server.seen.slice(sent).filter(({ letter }) => letter.to === 'dave');
  assert.deepEqual(toDave, []);
  const request = { type: 'message_request', have: [], past: false, skip: [] };
  const friend = new FakePeer('dave', testbed);
  Object.assign(friend, { identity: dave.me.identity, deviceKey: dave.me.device });
  friend.write(bob, 'group', { group: mallory.group, body: { type: 'bundle', bodies: [request] } });
  assert.deepEqual(
    testbed.server.seen.slice(sent).filter(({ letter }) => letter.to === 'dave'),
    [],
  );
  assert.ok(!frames.includes('group'));
});

test('[GROUP-43] a made-up member cannot open a link, and its record is not pinned by trying', () => {
  const { testbed, mallory, alice, fake } = hostileLeader();
  testbed.server.records.delete('dave');
  mallory.add(fake);
  mallory.sendLog(alice);
  fake.dial(alice, 900);
  const heard = fake.say(alice, 900, fake.hello());
  assert.deepEqual([framesOn(heard, 900), isClosed(heard, 900)], [[], true]);
  assert.equal(pinnedKey(alice, 'dave'), null);
});

test('[GROUP-44] a member of the own name with another key is not the user', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.online('alice', 'bob') as [Client, Client];
  const mallory = new HostileLeader('mallory', testbed);
  mallory.admit(bob);
  const fake = new FakePeer('bob', testbed, 'made up');
  mallory.append({ do: 'remove', user: 'bob', cut: [] });
  mallory.add(fake);
  mallory.sendLog(bob);
  assert.equal(bob.told('group_left').length, 1);
  assert.equal(bob.refusal({ type: 'broadcast', group: 'lake', text: 'hi' }), 'NOT_MEMBER');
  mallory.admit(alice);
  testbed.befriend(alice, bob);
  mallory.sendLog(alice);
  assert.deepEqual(
    alice.do({ type: 'members', group: 'lake' }).others?.map(({ user }) => user),
    ['bob'],
  );
});

test('[GROUP-43] a newer record of a member that a group brings does not change where its letters and links go', () => {
  const { testbed, mallory, bob, dave } = hostileLeader();
  const device = new FakePeer('dave', testbed, 'stolen');
  const devices = [{ device: device.deviceKey, exchange: device.exchange, since: 0 }];
  const fields = { name: 'dave', version: 9, identity: dave.me.identity, devices, previous: null, at: 0 };
  mallory.admit(dave);
  mallory.sendLog(bob, [signRecord(fields, fakePrimitives)]);
  testbed.server.isUp = false;
  const pinned = bob.store.people().find(({ name }) => name === 'dave')?.pinned?.record.payload ?? '';
  assert.ok(pinned.includes(dave.device) && !pinned.includes(device.device));
});

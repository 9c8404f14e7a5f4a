// Users who take a name that looks like the name of a friend: each way to meet them gives a warning with both names.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintWords } from '../../../protocols/directory/fingerprint.js';
import { looksLike } from '../../../protocols/kit/names.js';
import { FakeClient } from '../../protocols/channels/relay/relay-testbed.js';
import { ChannelTestbed } from '../../client/engine/harness/channel-testbed.js';
import { FakePeer } from '../../client/engine/harness/fake-peer.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import { Testbed } from '../../client/engine/harness/testbed.js';
import { fakePrimitives } from '../../sim/kernel/fake-primitives.js';

function warnings(client: Client): string[] {
  const told = client.told('warning').filter(({ code }) => code === 'LOOK_ALIKE');
  return told.map(({ message }) => message);
}

const words = (key: string): string => fingerprintWords(key, fakePrimitives);

/** Alice and her friend bob, and a hostile user of this name. */
function met(name: string) {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends('alice', 'bob');
  const hostile = new FakePeer(name, testbed);
  hostile.register();
  return { testbed, alice, bob, hostile };
}

function askToBeFriends(hostile: FakePeer, alice: Client): void {
  hostile.write(alice, 'friend_request', { record: hostile.record(), epoch: 1, note: 'it is me' });
}

function invite(hostile: FakePeer, alice: Client): void {
  const head = { index: 0, hash: `${'h'.repeat(21)}A` };
  const policy = { deputies: [], history: 'none', join: 'ask' };
  const key = alice.me.identity.publicKey;
  const body = { type: 'invite', key, name: 'lake', public: false, head, policy, members: 2 };
  hostile.write(alice, 'group', { group: `${'G'.repeat(21)}A`, body });
}

const WAYS = { 'a friend request': askToBeFriends, 'an invitation': invite };

for (const [way, meet] of Object.entries(WAYS)) {
  test(`[DIR-19] ${way} from b0b is not taken for one from the friend bob`, () => {
    const { alice, bob, hostile } = met('b0b');
    meet(hostile, alice);
    meet(hostile, alice);
    const [message = '', ...others] = warnings(alice);
    assert.deepEqual(others, []);
    assert.ok(message.startsWith('b0b is not your friend bob: the names only look alike.'), message);
    assert.ok(message.includes(`b 0 b (key: ${words(hostile.identity.publicKey)})`), message);
    assert.ok(message.includes(`b o b (key: ${words(bob.me.identity.publicKey)})`), message);
  });
}

test('[DIR-19] a name that looks like the own one gives a warning, other names give none', () => {
  const warned = ['a1ice', 'al-ice', 'alicia', 'bobby'].filter((name) => {
    const { alice, hostile } = met(name);
    askToBeFriends(hostile, alice);
    return warnings(alice).length === 1;
  });
  assert.deepEqual(warned, ['a1ice', 'al-ice']);
});

test('[DIR-19] who adds a user with such a name by mistake is warned', () => {
  const { testbed, alice } = met('b0b');
  alice.command({ type: 'add', user: 'b0b', note: '' });
  testbed.settle();
  assert.equal(warnings(alice).length, 1);
});

test('[DIR-19] a speaker of a channel with such a name gives one warning, whatever the speaker says', () => {
  const testbed = new Testbed();
  const relay = new ChannelTestbed(testbed);
  const [alice] = testbed.friends('alice', 'bob');
  alice.command({ type: 'join', channel: 'lab' });
  testbed.settle();
  const one = new FakeClient('stranger');
  const send = relay.enter((offer) => ({ type: 'enter', card: one.card({ name: 'b0b' }), entry: one.entry(offer) }));
  send({ type: 'join', channel: 'lab' });
  for (const text of ['hello', 'it is me']) {
    send({ type: 'say', kind: 'channel', said: one.says('lab', text, { name: 'b0b', at: testbed.now }) });
    testbed.settle();
  }
  assert.equal(alice.told('channel').length, 2);
  assert.equal(warnings(alice).length, 1);
});

test('[DIR-19] a group member with such a name is not taken for the friend', () => {
  const testbed = new Testbed();
  const [alice] = testbed.friends('alice', 'bob');
  const [leader, other] = testbed.online('dave', 'b0b') as [Client, Client];
  leader.do({ type: 'create_group', group: 'lake', isPublic: false, history: null });
  for (const member of [alice, other]) {
    leader.command({ type: 'invite', group: 'lake', user: member.name });
    testbed.settle();
    member.do({ type: 'accept', user: 'lake', nameKind: 'group' });
    testbed.settle();
  }
  assert.equal(warnings(alice).length, 1);
});

test('[DIR-19] names look alike by the confusables of UTS 39, and by more that fonts draw alike', () => {
  for (const pair of ['bob b0b', 'bill bi1l', 'mary rnary', 'will vvill', 'david clavid', 'anna an-na', 'alex a_l3x']) {
    const [name = '', other = ''] = pair.split(' ');
    assert.ok(looksLike(name, other) && looksLike(other, name), pair);
  }
  for (const pair of ['bob bob', 'bob rob', 'anna hanna', 'mary marie']) {
    const [name = '', other = ''] = pair.split(' ');
    assert.ok(!looksLike(name, other), pair);
  }
});

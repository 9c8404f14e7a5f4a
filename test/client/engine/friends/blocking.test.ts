// Blocking: silence that cannot be told from absence, and what both sides know when it ends.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../harness/test-client.js';
import { FakePeer } from '../harness/fake-peer.js';
import { Testbed } from '../harness/testbed.js';

const friendship = (client: Client, of: string) =>
  client.store.people().find(({ name }) => name === of)?.friendship ?? 'none';

/** Everything that leaves a client for the other: letters, frames, datagrams. */
function watchLeaving(testbed: Testbed, client: Client, to: string): string[] {
  const left: string[] = [];
  testbed.passes = (from, effect) => {
    if (from === client && effect.type === 'session_send' && effect.frame.type === 'letter' && effect.frame.to === to)
      left.push('letter');
    if (from === client && (effect.type === 'link_send' || effect.type === 'datagram')) left.push(effect.type);
    return true;
  };
  return left;
}

test('[FRIEND-4] a blocked user gets no answer of any kind', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  bob.link(alice, 901);
  alice.do({ type: 'block', user: 'bob' });
  testbed.settle();
  const left = watchLeaving(testbed, alice, 'bob');
  bob.write(alice, 'message', { epoch: 1, heard: null, messages: [bob.message(alice)] });
  bob.write(alice, 'friend_request', { record: bob.record(), epoch: 1, note: '' });
  bob.write(alice, 'offer', { nonce: bob.device, endpoints: [bob.at] });
  bob.write(alice, 'bye', { epoch: 2 });
  bob.link(alice, 902);
  alice.give({ type: 'datagram', from: bob.at, bytes: bob.quick(901).seal(bob.words('hi')) });
  for (const doing of ['accept', 'reject', 'remove'] as const) alice.command({ type: doing, user: 'bob' });
  testbed.pass(60_000);
  assert.deepEqual(left, []);
  assert.deepEqual([alice.told('chat'), alice.told('quick'), alice.told('friend_request')], [[], [], []]);
});

test('[FRIEND-4] blocking tells the other nothing', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.do({ type: 'block', user: 'bob' });
  testbed.settle();
  assert.equal(friendship(bob, 'alice'), 'friend');
  assert.deepEqual(bob.told('friend_removed'), []);
});

test('[FRIEND-4] when the block ends both talk again, and what was left meanwhile arrives', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  testbed.network.takesDials = false;
  alice.do({ type: 'block', user: 'bob' });
  bob.do({ type: 'say', user: 'alice', text: 'are you there?' });
  testbed.pass(30_000);
  assert.deepEqual(alice.texts('bob'), []);
  alice.do({ type: 'unblock', user: 'bob' });
  testbed.pass(60_000);
  assert.deepEqual(alice.texts('bob'), ['are you there?']);
  assert.deepEqual([friendship(alice, 'bob'), friendship(bob, 'alice')], ['friend', 'friend']);
});

test('[FRIEND-4] a user who was removed by a user they had blocked learns of it when the block ends', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.do({ type: 'block', user: 'bob' });
  bob.do({ type: 'remove', user: 'alice' });
  testbed.settle();
  alice.do({ type: 'unblock', user: 'bob' });
  testbed.settle();
  assert.deepEqual([friendship(alice, 'bob'), friendship(bob, 'alice')], ['none', 'none']);
});

test('a stranger can be blocked, is silent, and is forgotten when unblocked', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.online('alice', 'bob') as [Client, Client];
  alice.do({ type: 'block', user: 'bob' });
  bob.command({ type: 'add', user: 'alice', note: '' });
  testbed.settle();
  assert.deepEqual(alice.do({ type: 'requests' }).requests, []);
  assert.deepEqual(alice.told('friend_request'), []);
  assert.equal(alice.refusal({ type: 'accept', user: 'bob' }), 'BLOCKED');
  alice.do({ type: 'unblock', user: 'bob' });
  assert.equal(alice.refusal({ type: 'unblock', user: 'bob' }), 'NOT_BLOCKED');
  assert.equal(alice.refusal({ type: 'block', user: 'alice' }), 'SELF');
});

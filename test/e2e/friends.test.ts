// Friend requests, removal and blocking between real clients, online and offline.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answers } from '../../protocols/control/answer.js';
import type { JsonClient } from './testbed/json-client.js';
import { Testbed } from './testbed/testbed.js';

test('a friend request arrives with its note, and accepting it makes both friends', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await Promise.all([testbed.online('alice'), testbed.online('bob')]);
  await alice.does('add bob we met at the lake');
  assert.equal((await bob.hears('friend_request', { from: 'alice' })).note, 'we met at the lake');
  const { requests } = await bob.does<Answers['requests']>('requests');
  assert.deepEqual(requests, [{ kind: 'friend', from: 'alice', note: 'we met at the lake' }]);
  assert.deepEqual(await friendsOf(alice), [['bob', 'asked']]);
  await bob.does('accept alice');
  await Promise.all([alice.hears('friend_added', { user: 'bob' }), bob.hears('friend_added', { user: 'alice' })]);
  await Promise.all([alice.hears('online', { user: 'bob' }), bob.hears('online', { user: 'alice' })]);
  assert.deepEqual([await friendsOf(alice), await friendsOf(bob)], [[['bob', 'friend']], [['alice', 'friend']]]);
  assert.deepEqual(await bob.does('requests'), { requests: [] });
});

test('add works while the other user is offline, and accept while the first is', async (t) => {
  const testbed = await Testbed.during(t);
  await (await testbed.online('bob')).leaves();
  const alice = await testbed.online('alice');
  await alice.does('add bob');
  await alice.leaves();

  const bob = await testbed.online('bob');
  await bob.hears('friend_request', { from: 'alice' });
  await bob.does('accept alice');
  await bob.leaves();

  await (await testbed.online('alice')).hears('friend_added', { user: 'bob' });
});

test('two users who send each other requests become friends without accepting', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await Promise.all([testbed.online('alice'), testbed.online('bob')]);
  await Promise.all([alice.does('add bob'), bob.does('add alice')]);
  await Promise.all([alice.hears('friend_added', { user: 'bob' }), bob.hears('friend_added', { user: 'alice' })]);
});

test('a rejected request is removed and makes no friendship', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await Promise.all([testbed.online('alice'), testbed.online('bob')]);
  await alice.does('add bob');
  await bob.hears('friend_request');
  await bob.does('reject alice');
  await alice.hears('warning', { code: 'REQUEST_REJECTED' });
  assert.deepEqual([await friendsOf(alice), await bob.does('requests')], [[], { requests: [] }]);
  assert.equal(await alice.refused('say bob please'), 'NOT_FRIENDS');
});

test('remove ends a friendship at both ends and cancels queued messages', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await testbed.friends('alice', 'bob');
  await bob.leaves();
  await alice.does('offline');
  await alice.does('say bob never mind');
  await alice.does('remove bob');
  assert.deepEqual([await friendsOf(alice), await alice.does('outbox')], [[], { messages: [], downloads: 0 }]);
  await alice.does('online');
  const later = await testbed.online('bob');
  await later.hears('friend_removed', { user: 'alice' });
  assert.equal(await later.refused('say alice still there?'), 'NOT_FRIENDS');
  assert.deepEqual((await later.does<Answers['history']>('history alice')).messages, []);
});

test('messages of a blocked user are not shown until the user is unblocked', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await testbed.friends('alice', 'bob');
  await alice.does('block bob');
  assert.equal(await alice.refused('say bob hi'), 'BLOCKED');
  const { id } = await bob.does<Answers['say']>('say alice are you there?');
  assert.deepEqual(await friendsOf(alice), [['bob', 'blocked']]);
  const { messages } = await alice.does<Answers['history']>('history bob');
  assert.deepEqual(messages, []);
  await alice.does('unblock bob');
  await alice.hears('chat', { id });
  assert.equal(await alice.refused('unblock bob'), 'NOT_BLOCKED');
});

async function friendsOf(client: JsonClient): Promise<string[][]> {
  const { friends } = await client.does<Answers['list']>('list');
  return friends.map(({ user, state }) => [user, state]);
}

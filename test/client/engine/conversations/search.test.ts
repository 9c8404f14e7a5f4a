// What a search finds in conversations of two and in groups, and how it is narrowed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Answers } from '../../../../protocols/control/answer.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

const NOWHERE = { from: null, in: null, before: null };

function talked(): { testbed: Testbed; alice: Client; bob: Client } {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.do({ type: 'say', user: 'bob', text: 'to the lake?' });
  testbed.settle();
  testbed.pass(60_000);
  bob.do({ type: 'say', user: 'alice', text: 'Lake it is' });
  testbed.settle();
  return { testbed, alice, bob };
}

function found(
  alice: Client,
  narrowed: Partial<typeof NOWHERE | { from: string; in: string; before: number }>,
): string[] {
  const { messages } = alice.do({ type: 'search', words: ['lake'], ...NOWHERE, ...narrowed });
  return messages.map(({ from, in: within, text }) => `${from} in ${within}: ${text}`);
}

test('[CTRL-21] a search gives lines as history does, and whom they are with', () => {
  const { alice } = talked();
  const [line] = alice.do({ type: 'search', words: ['IS'], ...NOWHERE }).messages;
  const { messages } = alice.do({ type: 'history', user: 'bob', limit: 50, before: null });
  assert.deepEqual(line, { ...messages.at(-1), in: 'bob' });
});

test('[CTRL-21] it is narrowed by who wrote, in which conversation, and before when', () => {
  const { alice, testbed } = talked();
  const [his, mine] = ['bob in bob: Lake it is', 'alice in bob: to the lake?'];
  assert.deepEqual(found(alice, {}), [his, mine]);
  assert.deepEqual(found(alice, { from: 'bob' }), [his]);
  assert.deepEqual(found(alice, { from: 'alice' }), [mine]);
  assert.deepEqual(found(alice, { in: 'bob' }), [his, mine]);
  assert.deepEqual(found(alice, { from: 'alice', in: 'bob' }), [mine]);
  assert.deepEqual(found(alice, { from: 'bob', in: 'carol' }), []);
  assert.deepEqual(found(alice, { from: 'carol' }), []);
  assert.deepEqual(found(alice, { before: testbed.now - 30_000 }), [mine]);
});

test('[CTRL-21] the messages of one author are found in groups too, behind any number of others', () => {
  const { alice, bob, testbed } = talked();
  alice.command({ type: 'create_group', group: 'shed', isPublic: false, history: 'all' });
  testbed.settle();
  alice.command({ type: 'invite', group: 'shed', user: 'bob' });
  testbed.settle();
  bob.command({ type: 'accept', user: 'shed', nameKind: 'group' });
  testbed.settle();
  bob.command({ type: 'broadcast', group: 'shed', text: 'a lake behind the shed' });
  testbed.settle();
  for (let nth = 0; nth < LIMITS.searchPage + 5; nth += 1) {
    alice.command({ type: 'broadcast', group: 'shed', text: `lake ${nth}` });
    testbed.settle();
  }
  const [inGroup, inPrivate] = ['bob in shed: a lake behind the shed', 'bob in bob: Lake it is'];
  assert.deepEqual(found(alice, { from: 'bob' }), [inGroup, inPrivate]);
  assert.deepEqual(found(alice, { from: 'bob', in: 'shed' }), [inGroup]);
  assert.equal(found(alice, { from: 'alice', in: 'shed' }).length, LIMITS.searchPage);
});

test('[CTRL-46] a friend and a group of one name: both stay readable, and a left group is not in the way', () => {
  const { alice, testbed } = talked();
  const read = (nameKind?: 'user' | 'group') => {
    const [ref] = alice.command({
      type: 'history',
      user: 'bob',
      limit: 9,
      before: null,
      ...(nameKind && { nameKind }),
    });
    const answer = alice.answer(ref);
    if (!answer?.ok) return `${answer?.refusal.code} ${answer?.refusal.about}`;
    return (answer.data as Answers['history']).messages.length;
  };
  alice.command({ type: 'create_group', group: 'bob', isPublic: false, history: 'all' });
  testbed.settle();
  assert.equal(read(), 'AMBIGUOUS bob (user:bob or group:bob)');
  assert.deepEqual([read('user'), read('group')], [2, 0]);
  assert.equal(found(alice, { in: 'bob' }).length, 2);
  assert.deepEqual(alice.do({ type: 'search', words: ['lake'], ...NOWHERE, in: 'bob', inKind: 'group' }).messages, []);
  alice.do({ type: 'leave_group', group: 'bob', byVote: false });
  testbed.settle();
  assert.deepEqual([read(), read('user'), read('group')], [2, 2, 0]);
  const [listed] = alice.command({ type: 'groups' });
  testbed.settle();
  const answer = alice.answer(listed);
  assert.deepEqual(answer?.ok && answer.data, { groups: [] });
  alice.do({ type: 'create_group', group: 'bob', isPublic: false, history: 'all' });
});

test('[CTRL-21] searching reads nothing for anybody', () => {
  const { alice } = talked();
  found(alice, {});
  assert.equal(alice.do({ type: 'list' }).friends[0]?.unread, 1);
});

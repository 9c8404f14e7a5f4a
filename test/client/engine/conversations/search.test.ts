// What a search finds of what two people said, and how it is narrowed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

const NOWHERE = { from: null, in: null, before: null };

function talked(): { testbed: Testbed; alice: Client } {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.do({ type: 'say', user: 'bob', text: 'to the lake?' });
  testbed.settle();
  testbed.pass(60_000);
  bob.do({ type: 'say', user: 'alice', text: 'Lake it is' });
  testbed.settle();
  return { testbed, alice };
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

test('[CTRL-21] searching reads nothing for anybody', () => {
  const { alice } = talked();
  found(alice, {});
  assert.equal(alice.do({ type: 'list' }).friends[0]?.unread, 1);
});

// The command `stats`: what the engine counts of friends, links and time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Testbed } from '../harness/testbed.js';

test('stats counts stored messages, friends and open links, and the time since the engine was built', () => {
  const testbed = new Testbed();
  const [alice] = testbed.friends();
  const { uptimeMs, ...counts } = alice.do({ type: 'stats' });
  assert.deepEqual(counts, { stored: { messages: 0, bytes: 0 }, friends: 1, links: 0 });
  alice.command({ type: 'connect', user: 'bob' });
  testbed.settle();
  assert.equal(alice.do({ type: 'stats' }).links, 1);
  alice.do({ type: 'say', user: 'bob', text: 'hello' });
  testbed.settle();
  assert.equal(alice.do({ type: 'stats' }).stored.messages, 1);
  testbed.pass(60_000);
  assert.ok(alice.do({ type: 'stats' }).uptimeMs >= uptimeMs + 60_000);
  alice.do({ type: 'remove', user: 'bob' });
  testbed.settle();
  const { friends, links } = alice.do({ type: 'stats' });
  assert.deepEqual([friends, links], [0, 0]);
});

// The command `stats`: what the engine counts of friends, links and time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Testbed } from '../harness/testbed.js';

test('stats counts friends and open links, and the time since the engine was built', () => {
  const town = new Testbed();
  const [alice] = town.friends();
  const { uptimeMs, ...counts } = alice.do({ type: 'stats' });
  assert.deepEqual(counts, { stored: null, friends: 1, links: 0 });
  alice.command({ type: 'connect', user: 'bob' });
  town.settle();
  assert.equal(alice.do({ type: 'stats' }).links, 1);
  town.pass(60_000);
  assert.ok(alice.do({ type: 'stats' }).uptimeMs >= uptimeMs + 60_000);
  alice.do({ type: 'remove', user: 'bob' });
  town.settle();
  const { friends, links } = alice.do({ type: 'stats' });
  assert.deepEqual([friends, links], [0, 0]);
});

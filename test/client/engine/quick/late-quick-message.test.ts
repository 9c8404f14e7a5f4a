// A quick message arrives before its sender gives up, or not at all.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { QuickContent } from '../../../../protocols/quick/content.js';
import { FakePeer } from '../harness/fake-peer.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

test('[QUICK-12] a message that arrives after its sender gave up is dropped, and the link with it', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = FakePeer.linked(testbed, alice, 901);
  const session = bob.quick(901);
  const words = (text: string) => session.seal({ ...bob.words(text), endsMs: 8_000 } as QuickContent);
  const [inTime, late] = [words('in time'), words('late')];
  testbed.pass(8_000);
  const taken = alice.give({ type: 'datagram', from: bob.at, bytes: inTime });
  assert.ok(taken.some((effect) => effect.type === 'datagram'));
  testbed.pass(LIMITS.quickLateMs + 1);
  const dropped = alice.give({ type: 'datagram', from: bob.at, bytes: late });
  assert.ok(!dropped.some((effect) => effect.type === 'datagram'));
  assert.ok(dropped.some((effect) => effect.type === 'link_close'));
  assert.deepEqual(alice.texts('bob'), ['in time']);
});

test('[QUICK-12] each repeat says when its sender gives up', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = FakePeer.linked(testbed, alice, 901);
  const session = bob.quick(901);
  const ends: unknown[] = [];
  testbed.passes = (_, effect) => {
    if (effect.type === 'datagram') ends.push(session.open(effect.bytes));
    return effect.type !== 'datagram';
  };
  testbed.pass(1_000);
  alice.command({ type: 'message', user: 'bob', text: 'hi' });
  testbed.pass(LIMITS.quickTimeoutMs);
  const untilMs = 1_000 + LIMITS.quickTimeoutMs;
  assert.equal(ends.length, LIMITS.quickResendMs.length);
  for (const content of ends) assert.equal((content as { endsMs: number }).endsMs, untilMs);
});

// The commands `devices` and `renew-device`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

function states(client: Client): string[] {
  return client.do({ type: 'devices' }).devices.map(({ state }) => state);
}

test('a device is renewed by the wish of its user, and the answer comes from the new one', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends('alice', 'bob');
  assert.deepEqual(states(alice), ['this']);
  const before = alice.device;
  const [ref] = alice.command({ type: 'renew-device' });
  testbed.settle();
  const answer = alice.answer(ref);
  assert.ok(answer?.ok && alice.device !== before);
  assert.deepEqual(alice.told('warning'), []);
  assert.deepEqual(states(alice), ['this', 'replaced']);
  const { devices } = alice.do({ type: 'devices' });
  assert.deepEqual(
    devices.map(({ device }) => device),
    [alice.device, before],
  );
  assert.equal(alice.do({ type: 'whoami' }).online, true);
  alice.command({ type: 'say', user: 'bob', text: 'new keys' });
  testbed.pass(60_000);
  assert.deepEqual(bob.texts('alice'), ['new keys']);
});

test('a device that is offline is renewed, and stays offline', () => {
  const testbed = new Testbed();
  const alice = testbed.client('alice');
  const [ref] = alice.command({ type: 'renew-device' });
  testbed.settle();
  assert.ok(alice.answer(ref)?.ok);
  assert.equal(alice.do({ type: 'whoami' }).online, false);
  assert.deepEqual(states(alice), ['this', 'replaced']);
});

test('each wish renews once', () => {
  const testbed = new Testbed();
  const alice = testbed.client('alice');
  const [, second] = alice.command({ type: 'renew-device' }, { type: 'renew-device' });
  testbed.settle();
  const answer = alice.answer(second);
  assert.ok(answer?.ok === false && answer.refusal.code === 'RENEWING');
  assert.deepEqual(states(alice), ['this', 'replaced']);
  alice.command({ type: 'renew-device' });
  testbed.settle();
  assert.deepEqual(states(alice), ['this', 'replaced', 'replaced']);
});

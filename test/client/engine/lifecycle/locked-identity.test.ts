// A client whose identity key is locked: everyday work goes on, and nothing that needs a new record is done by halves.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakePeer } from '../harness/fake-peer.js';
import { linked, reconnect, renewals, say } from '../harness/old-copy.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

const online = { type: 'online', acceptServer: false } as const;

/** The answer to `online`, after the client has tried. */
function goesOnline(testbed: Testbed, client: Client): string {
  const [ref] = client.command(online);
  testbed.settle();
  const answer = client.answer(ref);
  if (!answer) return 'no answer';
  return answer.ok ? 'success' : answer.refusal.code;
}

function setLocked(testbed: Testbed, client: Client, isLocked: boolean): void {
  client.me = { ...client.me, isIdentityLocked: isLocked };
  testbed.restart(client);
}

test('[DIR-23] friends and messages need no identity key', () => {
  const { testbed, alice, bob } = linked();
  setLocked(testbed, alice, true);
  assert.equal(goesOnline(testbed, alice), 'success');
  alice.command(say('bob', 'still here'));
  testbed.pass(60_000);
  assert.deepEqual(bob.texts('alice'), ['still here']);
});

test('[DIR-23] an old copy stays offline until the identity key is unlocked, then it gets its new device', () => {
  const { testbed, alice, bob } = linked();
  const moment = alice.moment();
  alice.command(say('bob', 'lost'));
  testbed.settle();
  reconnect(testbed, alice);
  alice.me = { ...alice.me, isIdentityLocked: true };
  testbed.putBack(alice, moment);
  const device = alice.device;
  testbed.pass(60_000);
  assert.equal(alice.do({ type: 'whoami' }).online, false);
  assert.equal(goesOnline(testbed, alice), 'IDENTITY_LOCKED');
  alice.command(say('bob', 'under a used number'));
  testbed.pass(60_000);
  assert.deepEqual([alice.device, renewals(alice)], [device, 0]);
  assert.deepEqual(bob.texts('alice'), ['lost'], 'the old numbers are not used again');
  setLocked(testbed, alice, false);
  alice.command(online);
  testbed.pass(60_000);
  assert.notEqual(alice.device, device);
  assert.deepEqual([...alice.texts('bob')].sort(), ['lost', 'under a used number']);
  assert.deepEqual([...bob.texts('alice')].sort(), ['lost', 'under a used number']);
});

test('[DIR-23] a friend who proves that the copy is old ends the session of a locked client', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  setLocked(testbed, alice, true);
  assert.equal(goesOnline(testbed, alice), 'success');
  bob.dial(alice, 901);
  bob.say(alice, 901, bob.hello({ seen: bob.lostMessage(alice, 5) }));
  testbed.settle();
  assert.equal(alice.do({ type: 'whoami' }).online, false);
  assert.equal(alice.told('warning').at(-1)?.code, 'IDENTITY_LOCKED');
  testbed.restart(alice);
  assert.equal(goesOnline(testbed, alice), 'IDENTITY_LOCKED', 'also after a restart');
});

test('[DIR-23] no device is renewed and no name given up or taken again while the identity key is locked', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  setLocked(testbed, alice, true);
  assert.equal(goesOnline(testbed, alice), 'success');
  assert.equal(alice.refusal({ type: 'renew-device' }), 'IDENTITY_LOCKED');
  assert.equal(alice.refusal({ type: 'unregister' }), 'IDENTITY_LOCKED');
  assert.equal(alice.do({ type: 'whoami' }).online, true);
  setLocked(testbed, alice, false);
  alice.command(online);
  testbed.settle();
  alice.command({ type: 'unregister' });
  testbed.settle();
  setLocked(testbed, alice, true);
  assert.equal(goesOnline(testbed, alice), 'IDENTITY_LOCKED');
});

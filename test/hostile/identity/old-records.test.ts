// A replaced device of a friend, stolen by an attacker: an old record must not make it good again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakePeer } from '../../client/engine/harness/fake-peer.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import { Testbed } from '../../client/engine/harness/testbed.js';

/** Bob is a friend of alice, who knows that bob has replaced the first device. \`stolen\` has its keys. */
function replaced(): { testbed: Testbed; alice: Client; stolen: FakePeer } {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const stolen = new FakePeer('bob', testbed);
  stolen.befriend(alice);
  const next = new FakePeer('bob', testbed, 'next device');
  stolen.register(stolen.record(2, next.device));
  alice.command({ type: 'update' });
  testbed.settle();
  return { testbed, alice, stolen };
}

const says = (stolen: FakePeer, alice: Client): unknown => stolen.message(alice, { text: 'by the thief' });

test('[LETTER-1] a replaced device writes nothing while the name server lists the new one', () => {
  const { alice, stolen } = replaced();
  stolen.write(alice, 'message', { epoch: 1, heard: null, messages: [says(stolen, alice)] });
  assert.deepEqual(alice.texts('bob'), []);
});

test('[LETTER-1] a name server that lists the old record again does not make a replaced device good', () => {
  const { alice, stolen } = replaced();
  stolen.register(stolen.record(1));
  stolen.write(alice, 'message', { epoch: 1, heard: null, messages: [says(stolen, alice)] });
  assert.deepEqual(alice.texts('bob'), []);
});

test('[LETTER-1] a replaced device that brings its own old record does not end the friendship', () => {
  const { alice, stolen } = replaced();
  stolen.write(alice, 'friend_answer', { record: stolen.record(1), epoch: 2, accepted: false });
  assert.equal(alice.store.people()[0]?.friendship, 'friend');
});

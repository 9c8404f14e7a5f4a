// A thief who has all keys of alice writes to alice in the name of her friend bob (key-compromise impersonation).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SecretKey } from '../../../protocols/kit/primitives.js';
import { signObject } from '../../../protocols/kit/signed.js';
import type { Letter } from '../../../protocols/letters/messages.js';
import { isClosed, FakePeer } from '../../client/engine/harness/fake-peer.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import { Testbed } from '../../client/engine/harness/testbed.js';
import { fakeKey, fakePrimitives } from '../../sim/kernel/fake-primitives.js';

interface Setting {
  readonly alice: Client;
  readonly bob: FakePeer;
}

function setUp(): Setting {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  return { alice, bob };
}

/** A letter from bob that another key signs. */
function forged({ alice, bob }: Setting, key: SecretKey, changes: Partial<Letter> = {}): string {
  const letter: Letter = {
    from: 'bob',
    device: bob.device,
    to: 'alice',
    toDevice: alice.device,
    kind: 'message',
    at: bob.testbed.now,
    body: { epoch: 1, heard: null, messages: [bob.message(alice)] },
    ...changes,
  };
  return bob.seal(alice, JSON.stringify(signObject('letter', letter, key, fakePrimitives)), letter.device);
}

const KEYS: readonly [string, (alice: Client) => SecretKey][] = [
  ['device key', ({ me }) => me.device],
  ['identity key', ({ me }) => me.identity],
  ['exchange key', ({ me }) => ({ publicKey: me.exchange })],
  ['letter key', ({ letterKey }) => ({ publicKey: letterKey.key })],
];

for (const [name, keyOf] of KEYS) {
  test(`[LETTER-10] a letter from bob that is signed with the ${name} of alice is dropped`, () => {
    const setting = setUp();
    const { alice, bob } = setting;
    const key = keyOf(alice);
    bob.deliver(alice, forged(setting, key));
    bob.deliver(alice, forged(setting, key, { device: key.publicKey }));
    assert.deepEqual(alice.texts('bob'), []);
    bob.deliver(alice, forged(setting, bob.deviceKey));
    assert.deepEqual(alice.texts('bob'), ['hi']);
  });
}

test('[LETTER-10] an unsigned letter from bob, sealed to the key of alice, is dropped', () => {
  const setting = setUp();
  const { alice, bob } = setting;
  const { payload } = signObject('letter', {}, fakeKey('anyone'), fakePrimitives);
  for (const plain of [payload, JSON.stringify({ payload, signature: 'A'.repeat(86) })]) {
    bob.deliver(alice, bob.seal(alice, plain));
  }
  assert.deepEqual(alice.texts('bob'), []);
});

test('[LINK-2] a link with a certificate of alice does not pass for bob', () => {
  const { alice, bob } = setUp();
  for (const [link, peerKey] of [alice.device, alice.me.identity.publicKey].entries()) {
    bob.dial(alice, 901 + link, peerKey);
    const effects = bob.say(alice, 901 + link, bob.hello({ device: peerKey }));
    assert.ok(isClosed(effects, 901 + link));
  }
});

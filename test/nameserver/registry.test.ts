// Tests the registry: registration and look-ups.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import { makeSigningKey } from '../../runtime/crypto.js';
import { CoreTestbed } from './core-testbed.js';
import { Person } from './person.js';

function lookUp(testbed: CoreTestbed, name: string) {
  const user = testbed.core.registry.user(name);
  return user instanceof Refusal ? user.code : user;
}

test('a look-up ignores the case of the name, and shows when the user was last seen', () => {
  const alice = new Person('alice');
  const testbed = new CoreTestbed();
  testbed.register(alice);
  const found = { name: 'alice', key: alice.identity.publicKey, record: alice.record() };
  assert.deepEqual(lookUp(testbed, 'ALICE'), { ...found, online: false, lastSeen: null });
  const session = testbed.connect(alice);
  assert.deepEqual(lookUp(testbed, 'alice'), { ...found, online: true, lastSeen: testbed.now });
  testbed.now += 5;
  testbed.put({ type: 'closed', session });
  testbed.restart();
  assert.deepEqual(lookUp(testbed, 'alice'), { ...found, online: false, lastSeen: testbed.now });
});

test('[DIR-7] an unregistered user is unknown, and their key may register the name again', () => {
  const alice = new Person('alice');
  const testbed = new CoreTestbed();
  testbed.register(alice);
  assert.equal(testbed.register(alice, alice.tombstone(2)), 'newer');
  assert.equal(lookUp(testbed, 'alice'), 'USER_UNKNOWN');
  assert.equal(testbed.register(new Person('alice')), 'NAME_TAKEN');
  assert.equal(testbed.register(alice, alice.record({ version: 3 })), 'new');
  assert.notEqual(lookUp(testbed, 'alice'), 'USER_UNKNOWN');
});

test('a look-up accepts any string as a name', () => {
  const testbed = new CoreTestbed();
  for (const name of ['', '__proto__', 'constructor', '../x', 'a'.repeat(10_000), '\u0000', 'İ', '%']) {
    assert.equal(lookUp(testbed, name), 'USER_UNKNOWN');
  }
});

test('the number of stored retired devices is bounded', () => {
  const alice = new Person('alice');
  const testbed = new CoreTestbed();
  for (let version = 1; version < 2 * LIMITS.retiredDevicesPerUser; version += 1) {
    testbed.now += 60_000; // the budget of renewals
    testbed.register(alice, alice.record({ version, devices: [makeSigningKey()] }));
  }
  assert.equal(testbed.store.devices('alice').length, LIMITS.retiredDevicesPerUser + 1);
});

test('only a new name needs the invite code', () => {
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  const testbed = new CoreTestbed({ inviteCode: 'sesame' });
  assert.equal(testbed.register(alice), 'INVITE_NEEDED');
  assert.equal(testbed.register(alice, alice.record(), { invite: 'sesam' }), 'INVITE_NEEDED');
  assert.equal(testbed.register(alice, alice.record(), { invite: 'sesame' }), 'new');
  assert.equal(testbed.register(alice, alice.record({ version: 2 })), 'newer');
  assert.equal(testbed.register(bob, { nonsense: true }), 'INVITE_NEEDED');
  assert.equal(testbed.register(alice, alice.tombstone(3)), 'newer');
  assert.equal(testbed.register(alice, alice.record({ version: 4 })), 'INVITE_NEEDED');
});

test('[DIR-5] an identical record writes nothing', () => {
  const alice = new Person('alice');
  const testbed = new CoreTestbed();
  testbed.register(alice);
  const { revision } = testbed.store.user('alice') ?? {};
  testbed.now += 1;
  assert.equal(testbed.register(alice), 'same');
  assert.equal(testbed.store.user('alice')?.revision, revision);
});

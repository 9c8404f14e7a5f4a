// Tests the registry: registration and look-ups.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import { makeSigningKey } from '../../runtime/crypto.js';
import { CoreTestbed } from './core-testbed.js';
import { Person } from './person.js';

function lookUp(world: CoreTestbed, name: string) {
  const user = world.core.registry.user(name);
  return user instanceof Refusal ? user.code : user;
}

test('a look-up ignores the case of the name, and shows when the user was last seen', () => {
  const alice = new Person('alice');
  const world = new CoreTestbed();
  world.register(alice);
  const found = { name: 'alice', key: alice.identity.publicKey, record: alice.record() };
  assert.deepEqual(lookUp(world, 'ALICE'), { ...found, online: false, lastSeen: null });
  const session = world.enter(alice);
  assert.deepEqual(lookUp(world, 'alice'), { ...found, online: true, lastSeen: world.now });
  world.now += 5;
  world.put({ type: 'closed', session });
  world.restart();
  assert.deepEqual(lookUp(world, 'alice'), { ...found, online: false, lastSeen: world.now });
});

test('[DIR-7] an unregistered user is unknown, and their key may register the name again', () => {
  const alice = new Person('alice');
  const world = new CoreTestbed();
  world.register(alice);
  assert.equal(world.register(alice, alice.tombstone(2)), 'newer');
  assert.equal(lookUp(world, 'alice'), 'USER_UNKNOWN');
  assert.equal(world.register(new Person('alice')), 'NAME_TAKEN');
  assert.equal(world.register(alice, alice.record({ version: 3 })), 'new');
  assert.notEqual(lookUp(world, 'alice'), 'USER_UNKNOWN');
});

test('a look-up accepts any string as a name', () => {
  const world = new CoreTestbed();
  for (const name of ['', '__proto__', 'constructor', '../x', 'a'.repeat(10_000), '\u0000', 'İ', '%']) {
    assert.equal(lookUp(world, name), 'USER_UNKNOWN');
  }
});

test('the number of stored retired devices is bounded', () => {
  const alice = new Person('alice');
  const world = new CoreTestbed();
  for (let version = 1; version < 2 * LIMITS.retiredDevicesPerUser; version += 1) {
    world.register(alice, alice.record({ version, devices: [makeSigningKey().publicKey] }));
  }
  assert.equal(world.store.devices('alice').length, LIMITS.retiredDevicesPerUser + 1);
});

test('only a new name needs the invite code', () => {
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  const world = new CoreTestbed({ inviteCode: 'sesame' });
  assert.equal(world.register(alice), 'INVITE_NEEDED');
  assert.equal(world.register(alice, alice.record(), 'sesam'), 'INVITE_NEEDED');
  assert.equal(world.register(alice, alice.record(), 'sesame'), 'new');
  assert.equal(world.register(alice, alice.record({ version: 2 })), 'newer');
  assert.equal(world.register(bob, { nonsense: true }), 'INVITE_NEEDED');
  assert.equal(world.register(alice, alice.tombstone(3)), 'newer');
  assert.equal(world.register(alice, alice.record({ version: 4 })), 'INVITE_NEEDED');
});

test('[DIR-5] an identical record writes nothing', () => {
  const alice = new Person('alice');
  const world = new CoreTestbed();
  world.register(alice);
  const { revision } = world.store.user('alice') ?? {};
  world.now += 1;
  assert.equal(world.register(alice), 'same');
  assert.equal(world.store.user('alice')?.revision, revision);
});

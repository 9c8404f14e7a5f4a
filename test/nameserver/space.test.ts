// Without room on the disk the server refuses what grows the database, and goes on with everything else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import { isSpaceLow } from '../../nameserver/space/space.js';
import { CoreTestbed } from './core-testbed.js';
import { foundation } from './group-entries.js';
import { Person } from './person.js';

/** Alice and bob are registered, and a letter waits for bob. Then the disk is full. */
function fullServer() {
  const testbed = new CoreTestbed();
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  for (const person of [alice, bob]) testbed.register(person);
  const from = testbed.connect(alice);
  assert.equal(testbed.sendLetter(from, bob), 'held');
  testbed.put({ type: 'space', isLow: true });
  return { testbed, alice, bob, from };
}

test('[LOAD-9] without room new names, letters and publications are refused', () => {
  const { testbed, alice, bob, from } = fullServer();
  assert.equal(testbed.register(new Person('carol')), 'SERVER_FULL');
  assert.equal(testbed.sendLetter(from, bob), 'SERVER_FULL');
  const publication = { from: 0, entries: [foundation(alice, 'lake')], proofs: [], records: [] };
  const network = '192.0.2.0/24';
  const [answer] = testbed.put({ type: 'publish', ref: 1, name: 'lake', publication, network });
  const refused = { type: 'publish_result', ref: 1, outcome: new Refusal('SERVER_FULL', 'groups') };
  assert.deepEqual(answer, refused);
});

test('[LOAD-9] with room again everything is accepted again', () => {
  const { testbed, bob, from } = fullServer();
  testbed.put({ type: 'space', isLow: false });
  assert.equal(testbed.sendLetter(from, bob), 'held');
  assert.equal(testbed.register(new Person('carol')), 'new');
});

test('[LOAD-10] without room sessions open, letters are delivered and deleted, and users unregister', () => {
  const { testbed, alice, bob, from } = fullServer();
  const session = testbed.connect(bob);
  const [letter] = testbed.takeLetters(session);
  testbed.send(session, { type: 'done', id: letter?.id });
  assert.equal(testbed.store.waitingFor('bob').letters, 0);
  assert.equal(testbed.sendLetter(from, bob, { fleeting: true }), 'forwarded');
  assert.equal(testbed.register(alice, alice.record({ version: 2 })), 'newer');
  assert.equal(testbed.register(bob, bob.tombstone(2)), 'newer');
});

test('[LOAD-10] without room letters expire', () => {
  const { testbed } = fullServer();
  testbed.pass(LIMITS.heldMs + 1);
  assert.equal(testbed.store.waitingFor('bob').letters, 0);
});

test('[LOAD-9] the disk reserve and the size of the database each count', () => {
  const limits = { diskReserveBytes: 100, databaseBytesMax: 1_000 };
  assert.equal(isSpaceLow({ freeBytes: 100, databaseBytes: 1_000 }, limits), false);
  assert.equal(isSpaceLow({ freeBytes: 99, databaseBytes: 0 }, limits), true);
  assert.equal(isSpaceLow({ freeBytes: 1e12, databaseBytes: 1_001 }, limits), true);
});

test('[LOAD-12] a name whose user never had a session is removed after 30 days, and others can take it', () => {
  const testbed = new CoreTestbed();
  const [squatter, alice, owner] = [new Person('bob'), new Person('alice'), new Person('bob')];
  for (const person of [squatter, alice]) testbed.register(person);
  testbed.put({ type: 'closed', session: testbed.connect(alice) });
  testbed.pass(LIMITS.nameUnseenMs);
  assert.equal(testbed.register(owner), 'NAME_TAKEN');
  testbed.pass(1);
  assert.equal(testbed.register(owner), 'new');
  assert.equal(testbed.register(new Person('alice')), 'NAME_TAKEN');
});

test('[LOAD-12] more unseen names than one turn removes are all removed, also after a restart', () => {
  const testbed = new CoreTestbed({ areNetworksLimited: false });
  const names = Array.from({ length: 2 * LIMITS.unseenNamesPerTurn + 1 }, (_, nth) => `name${nth}`);
  for (const name of names) testbed.register(new Person(name));
  testbed.restart();
  testbed.pass(LIMITS.nameUnseenMs + 1);
  assert.deepEqual(
    names.filter((name) => testbed.store.user(name) !== null),
    [],
  );
  assert.equal(testbed.core.wakeAt(), null);
});

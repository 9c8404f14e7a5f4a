// A client opens and closes sessions to get a new budget with each of them, or opens many at once. The user
// and the network have budgets too.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { CoreTestbed } from '../../nameserver/core-testbed.js';
import { Person } from '../../nameserver/person.js';
import { HostileNetwork, LARGE_BODY } from '../peers/hostile-network.js';

const NAMES = Array.from({ length: LIMITS.watchedNamesMax }, (_, nth) => `name${nth}`);

/** Watches a thousand names in a new session each time, until one is refused. Returns the number of names watched. */
function watchUntilRefused(hostile: HostileNetwork, person: Person, most: number): number {
  const { testbed } = hostile;
  for (let watched = 0; watched < most; watched += NAMES.length) {
    const session = hostile.connect(person);
    const answers = testbed.send(session, { type: 'watch', names: NAMES });
    testbed.put({ type: 'closed', session });
    if (answers.some((frame) => frame.type === 'refused' && frame.code === 'TOO_MANY')) return watched;
  }
  return most;
}

test('[LOAD-6] a user who reconnects has no new budget of watched names', () => {
  const testbed = new CoreTestbed();
  const hostile = HostileNetwork.ofIpv4(testbed);
  const [person] = hostile.registerNames(1);
  assert.ok(person);
  assert.equal(watchUntilRefused(hostile, person, 200_000), LIMITS.watchesPerName.burst);
});

test('[LOAD-6] many users of one network share a budget of watched names, and another network goes on', () => {
  const testbed = new CoreTestbed();
  const hostile = HostileNetwork.ofIpv4(testbed);
  const people = hostile.registerNames(10);
  const watched = people.map((person) => watchUntilRefused(hostile, person, 60_000));
  const inAll = watched.reduce((sum, count) => sum + count, 0);
  assert.equal(inAll, LIMITS.watchesPerNetwork.burst);
  const alice = new Person('alice');
  testbed.register(alice);
  assert.equal(watchUntilRefused(HostileNetwork.ofIpv4(testbed, 7), alice, 10_000), 10_000);
});

test('[LOAD-20] the sessions of one network watch only so many names at a time', () => {
  const testbed = new CoreTestbed();
  const hostile = HostileNetwork.ofIpv4(testbed);
  const people = hostile.registerNames(LIMITS.watchedNamesPerNetwork / LIMITS.watchedNamesPerSession + 1);
  const last = people.map((person, nth) => {
    const session = hostile.connect(person);
    const answers = Array.from({ length: LIMITS.watchedNamesPerSession / NAMES.length }, (_, page) => {
      testbed.now += 60_000; // the rate is not what stops it
      return testbed.send(session, { type: 'watch', names: NAMES.map((name) => `${name}-${page}-${nth}`) });
    });
    return answers.flat().at(-1)?.type;
  });
  assert.deepEqual([last.at(-2), last.at(-1)], ['presence', 'closed']);
});

test('[LOAD-4] recipients that close their session instead of taking letters do not make them free', () => {
  const testbed = new CoreTestbed();
  const hostile = HostileNetwork.ofIpv4(testbed);
  const people = hostile.registerNames(400);
  let heldBytes = 0;
  for (let at = 0; at + 1 < people.length; at += 2) {
    const [one, other] = [people[at] ?? hostile.newPerson(), people[at + 1] ?? hostile.newPerson()];
    hostile.befriend(one, other);
    const [from, to] = [hostile.connect(one), hostile.connect(other)];
    for (let count = 0; count < 3; count += 1)
      if (testbed.sendLetter(from, other, { body: LARGE_BODY }) === 'forwarded') heldBytes += LARGE_BODY.length;
    for (const session of [from, to]) testbed.put({ type: 'closed', session });
  }
  assert.ok(heldBytes <= LIMITS.heldBytesPerNetwork.burst, `${heldBytes} bytes are held`);
});

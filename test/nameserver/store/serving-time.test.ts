// A name server whose clock is wrong for long deletes nothing before it has run for that time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { CoreTestbed } from '../core-testbed.js';
import { Person } from '../person.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Alice writes to bob, who is away. The user `idle` never had a session. */
function holding() {
  const testbed = new CoreTestbed();
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  for (const person of [alice, bob, new Person('idle')]) testbed.register(person);
  testbed.put({ type: 'closed', session: testbed.connect(bob) });
  const session = testbed.connect(alice);
  testbed.sendLetter(session, bob);
  testbed.put({ type: 'closed', session });
  const kept = () => [testbed.store.waitingFor('bob').letters, testbed.store.user('idle') !== null];
  return { testbed, kept };
}

for (const restarts of [true, false])
  test(`[LOAD-23] a clock that is 40 days ahead for an hour deletes nothing (with a restart: ${restarts})`, () => {
    const { testbed, kept } = holding();
    testbed.now += 40 * DAY;
    if (restarts) testbed.restart();
    testbed.pass(HOUR);
    testbed.put({ type: 'wake' });
    assert.deepEqual(kept(), [1, true]);
    testbed.now -= 40 * DAY;
    if (restarts) testbed.restart();
    testbed.put({ type: 'wake' });
    testbed.pass(LIMITS.heldMs - 2 * DAY);
    assert.deepEqual(kept(), [1, true]);
    testbed.pass(2 * DAY);
    assert.deepEqual(kept(), [0, false]);
  });

test('[LOAD-23] a server whose clock was set back deletes after it has run for 30 days, as before', () => {
  const { testbed, kept } = holding();
  testbed.now -= 400 * DAY;
  testbed.restart();
  testbed.put({ type: 'wake' });
  testbed.pass(LIMITS.heldMs - HOUR);
  assert.deepEqual(kept(), [1, true]);
  testbed.pass(2 * HOUR);
  assert.deepEqual(kept(), [0, false]);
});

test('[LOAD-23] a server that is off for 40 days holds letters for the days that it runs', () => {
  const { testbed, kept } = holding();
  testbed.now += 40 * DAY;
  testbed.restart();
  testbed.put({ type: 'wake' });
  assert.deepEqual(kept(), [1, true]);
  testbed.pass(LIMITS.heldMs);
  assert.deepEqual(kept(), [0, false]);
});

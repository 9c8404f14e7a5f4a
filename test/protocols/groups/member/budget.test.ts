// An author who writes more than its budget: a member stores so much of it, and goes on with the other authors.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { GroupTestbed } from '../testbed.js';

/** Bob takes two messages of alice, and then none before the budget is renewed. */
function withBudget(): { testbed: GroupTestbed; budget: { room: number } } {
  const testbed = GroupTestbed.of(['alice', 'bob', 'carol']);
  const budget = { room: 2 };
  testbed.budgets.set('bob', {
    hasRoom: ({ user }) => user !== 'alice' || budget.room > 0,
    take: ({ user }) => {
      if (user !== 'alice') return true;
      budget.room -= 1;
      return budget.room >= 0;
    },
  });
  testbed.restart('bob');
  testbed.reconnect('bob');
  return { testbed, budget };
}

const flood = (testbed: GroupTestbed, count: number): void => {
  for (let nth = 1; nth <= count; nth += 1) testbed.broadcast('alice', `alice ${nth}`);
  testbed.settle();
};

test('[GROUP-46] messages beyond the budget of their author are neither stored nor acknowledged', () => {
  const { testbed } = withBudget();
  flood(testbed, 5);
  testbed.advance(1_000);
  assert.deepEqual(testbed.visibleTo('bob'), ['alice 1', 'alice 2']);
  assert.equal(testbed.visibleTo('carol').length, 5);
  const states = testbed
    .get('alice')
    .store.newestVisible(10)
    .map(({ state }) => state);
  assert.deepEqual(states, ['delivered', 'delivered', 'queued', 'queued', 'queued']);
});

test('[GROUP-46] a member goes on requesting the messages of other authors', () => {
  const { testbed } = withBudget();
  flood(testbed, 5);
  testbed.cut('bob', 'carol');
  testbed.cut('alice', 'bob');
  flood(testbed, LIMITS.groupBatchMessages);
  testbed.broadcast('carol', 'carol 1');
  testbed.settle();
  testbed.reconnect('bob');
  testbed.advance(LIMITS.groupReorderMs + 1_000);
  assert.ok(testbed.visibleTo('bob').includes('carol 1'));
  assert.equal(testbed.visibleTo('bob').filter((text) => text.startsWith('alice')).length, 2);
});

test('[GROUP-46] when the budget is renewed the missing messages come, in order', () => {
  const { testbed, budget } = withBudget();
  flood(testbed, 5);
  testbed.broadcast('carol', 'carol 1');
  testbed.settle();
  budget.room = 100;
  testbed.advance(5_000);
  assert.deepEqual(testbed.visibleTo('bob'), testbed.visibleTo('alice'));
  assert.equal(testbed.visibleTo('bob').length, 6);
});

// Coalesced states: the last one counts, several become one line, no state goes back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateCoalescer } from '../../../../client/cli/terminal/own/state-coalescer.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';

test('several messages that reached the same state are counted', () => {
  const fold = new StateCoalescer();
  fold.changed('m1', { to: 'bob', state: 'queued' });
  fold.changed('m1', { to: 'bob', state: 'delivered' });
  fold.changed('m2', { to: 'carol', state: 'queued' });
  fold.changed('m3', { to: 'carol', state: 'queued' });
  assert.deepEqual(fold.take(), [
    { to: 'bob', state: 'delivered', count: 1 },
    { to: 'carol', state: 'queued', count: 2 },
  ]);
  assert.deepEqual(fold.take(), []);
});

test('a late event does not replace a later state', () => {
  const fold = new StateCoalescer();
  fold.changed('m1', { to: 'bob', state: 'read' });
  fold.changed('m1', { to: 'bob', state: 'queued' });
  assert.deepEqual(fold.take(), [{ to: 'bob', state: 'read', count: 1 }]);
});

test('it stays within its bound', () => {
  const fold = new StateCoalescer();
  for (let k = 0; k <= LIMITS.stateChangesCoalescedMax; k += 1) fold.changed(`m${k}`, { to: 'bob', state: 'held' });
  assert.equal(fold.take()[0]?.count, LIMITS.stateChangesCoalescedMax);
});

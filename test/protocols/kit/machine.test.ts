// What machines are made of: the earlier of two wakes, and promises that end the program when broken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as promise, earlier } from '../../../protocols/kit/machine.js';

test('the earlier of two wakes, where null is never', () => {
  assert.equal(earlier(null, null), null);
  assert.equal(earlier(null, 0), 0);
  assert.equal(earlier(5, null), 5);
  assert.equal(earlier(5, 3), 3);
});

test('a broken promise throws and says which', () => {
  promise(true, 'kept');
  assert.throws(() => promise(false, 'counters rise'), /counters rise/);
});

// Who is in the foreground of a terminal, as the system tells it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInForeground } from '../../../runtime/process/foreground.js';

test('the group of the program is compared with the one in the foreground, whatever its name', () => {
  assert.equal(isInForeground('7 (node) S 1 7 5 34816 7 4194304 0'), true);
  assert.equal(isInForeground('7 (node) S 1 7 5 34816 5 4194304 0'), false);
  assert.equal(isInForeground('7 (a) b (c) S 1 7 5 34816 5 4194304 0'), false);
});

test('where the system does not tell, it is', () => {
  assert.equal(isInForeground(null), true);
  assert.equal(isInForeground(''), true);
});

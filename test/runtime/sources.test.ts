// The random source stays in its range, and its bytes differ.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../runtime/sources.js';

test('the random source gives fractions in [0, 1) and as many bytes as asked', () => {
  for (let count = 0; count < 1_000; count += 1) {
    const fraction = random.fraction();
    assert.ok(fraction >= 0 && fraction < 1);
  }
  assert.equal(random.bytes(16).length, 16);
  assert.notDeepEqual(random.bytes(16), random.bytes(16));
});

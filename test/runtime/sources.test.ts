// Dice stay in their range, and bytes differ.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dice } from '../../runtime/sources.js';

test('dice give fractions in [0, 1) and as many bytes as asked', () => {
  for (let count = 0; count < 1_000; count += 1) {
    const fraction = dice.fraction();
    assert.ok(fraction >= 0 && fraction < 1);
  }
  assert.equal(dice.bytes(16).length, 16);
  assert.notDeepEqual(dice.bytes(16), dice.bytes(16));
});

// The shortest form of the trials that `npm run chaos:rooms` makes at length.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEGRADED, attackScenario } from './scenarios.js';

test('[ORDER-2] [RLINK-1] [RWIRE-4] one order over a foul network, whatever strangers pour in', async () => {
  assert.deepEqual((await attackScenario(1_500, true, DEGRADED)).violations, []);
});

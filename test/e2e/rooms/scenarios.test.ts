// A short run of the scenarios of `npm run chaos:rooms`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEGRADED, attackScenario } from './scenarios.js';

test('[ORDER-2] [RLINK-1] [RWIRE-4] one order over a lossy network under hostile datagrams', async () => {
  assert.deepEqual((await attackScenario(1_500, true, DEGRADED)).violations, []);
});

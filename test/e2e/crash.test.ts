// kill -9 of the name server, of alice, of bob while they talk: what was promised is in both histories, once, in
// order (G1, G2).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chaos } from './chaos/chaos.js';
import { Stage } from './stage/stage.js';

const SEED = 20_261_120;

test('[G2] whatever a say promised survives any kill -9, at both ends, exactly once and in order', async (t) => {
  const stage = await Stage.during(t);
  const { kills, verdict } = await chaos(stage, { seed: SEED, kills: 9, messages: 300 });
  assert.deepEqual(kills, { 'the name server': 3, alice: 3, bob: 3 });
  assert.ok(verdict.said >= 500, `only ${verdict.said} were said`);
  const { lost, doubled, misordered, torn } = verdict;
  assert.deepEqual({ lost, doubled, misordered, torn }, { lost: 0, doubled: 0, misordered: 0, torn: 0 });
  assert.ok(verdict.delivered >= verdict.said);
});

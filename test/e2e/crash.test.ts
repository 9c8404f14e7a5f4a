// kill -9 of the name server and both clients while they exchange messages: confirmed messages survive, once and in
// order (G1, G2).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chaos } from './chaos/chaos.js';
import { Testbed } from './testbed/testbed.js';

const SEED = 20_261_120;

test('[G2] confirmed messages survive any kill -9, at both ends, exactly once and in order', async (t) => {
  const testbed = await Testbed.during(t);
  const { kills, histories } = await chaos(testbed, { seed: SEED, kills: 9, messages: 300 });
  assert.deepEqual(kills, { 'the name server': 3, alice: 3, bob: 3 });
  assert.ok(histories.confirmed >= 500, `only ${histories.confirmed} were confirmed`);
  const { lost, duplicated, misordered, differing } = histories;
  assert.deepEqual(
    { lost, duplicated, misordered, differing },
    { lost: 0, duplicated: 0, misordered: 0, differing: 0 },
  );
  assert.ok(histories.delivered >= histories.confirmed);
});

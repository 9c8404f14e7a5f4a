// Planted faults in every `npm test`: the simulator must catch each of them, or its silence means nothing.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { hunt, MUTANTS } from './hunt.js';

/** Enough for the faults that show often; the rest is for `npm run sim:mutants`. */
const SEEDS = 40;
const ELUSIVE = new Set([
  'messages forget what comes before them',
  'the name server answers before the commit',
  'letters are done with before they are read',
]);

for (const mutant of MUTANTS) {
  if (ELUSIVE.has(mutant.fault)) continue;
  test(`caught: ${mutant.fault}`, () => assert.ok(hunt(mutant, 1, SEEDS)));
}

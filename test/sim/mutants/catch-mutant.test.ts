// The simulation must catch each planted fault; otherwise a clean run would prove nothing.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { catchMutant, MUTANTS } from './catch-mutant.js';

const SEEDS = 250;

for (const mutant of MUTANTS.filter(({ isElusive }) => !isElusive)) {
  test(`caught: ${mutant.fault}`, () => assert.ok(catchMutant(mutant, 1, SEEDS)));
}

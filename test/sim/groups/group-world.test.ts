// Simulated groups in every `npm test`: a batch of seeds with all troubles, old failures, and planted faults.

import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { GROUP_MUTANTS, huntInGroups } from './group-mutants.js';
import { GroupWorld } from './group-world.js';
import { EventCounters } from '../kernel/event-counters.js';

const SEEDS = 40;
/** Seeds that once broke a rule. */
const REGRESSIONS: Readonly<Record<number, string>> = {
  293: 'a leader and its successor do not stand in step for ever',
};

const tally = new EventCounters();
const violations: string[] = [];

before(() => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const report = new GroupWorld(seed).run();
    tally.join(report.counters);
    violations.push(...report.violations.map((violation) => `${violation} (seed ${seed})`));
  }
});

function unbroken(rule: string): void {
  assert.deepEqual(
    violations.filter((violation) => violation.startsWith(`[${rule}]`)),
    [],
  );
}

test('[GROUP-2] nobody is in a group who did not say yes since they last left it', () => unbroken('GROUP-2'));
test('[GROUP-6] no two entries are ratified at one place, and in the end all are', () => unbroken('GROUP-6'));
test('[GROUP-7] nobody signs two rows, or for a term below one they voted in', () => unbroken('GROUP-7'));
test('[GROUP-10] what is ratified is never replaced, and one row is left', () => unbroken('GROUP-10'));
test('[GROUP-13] a removal holds until somebody rules on it', () => unbroken('GROUP-13'));
test('[GROUP-16] a vote is remembered through every crash', () => unbroken('GROUP-16'));
test('[GROUP-22] nothing is sent to who is no member', () => unbroken('GROUP-22'));
test('[GROUP-23] nothing beyond a cut is shown', () => unbroken('GROUP-23'));
test('[GROUP-27] every message is shown once', () => unbroken('GROUP-27'));
test('[GROUP-29] all members have the same messages in the same order', () => unbroken('GROUP-29'));
test('[GROUP-31] in the end everything is acknowledged', () => unbroken('GROUP-31'));
test('[GROUP-34] what was promised survives every crash', () => unbroken('GROUP-34'));
test('and nothing else broke', () => assert.deepEqual(violations, []));

test('interesting things happened', () => {
  const interesting = ['crashes', 'crashes at effects', 'partitions', 'cut links', 'letters', 'lies', 'equivocations']
    .concat(['pressed', 'insisted', 'takeover', 'add', 'remove', 'leave', 'removed', 'left', 'marked', 'GROUP_LIAR'])
    .concat(['said', 'shown', 'held', 'delivered']);
  assert.deepEqual(
    interesting.filter((what) => tally.of(what) === 0),
    [],
  );
});

for (const [seed, showed] of Object.entries(REGRESSIONS)) {
  test(`seed ${seed} holds: ${showed}`, () => {
    assert.deepEqual(new GroupWorld(Number(seed)).run().violations, []);
  });
}

for (const mutant of GROUP_MUTANTS.filter(({ isElusive }) => !isElusive)) {
  test(`caught: ${mutant.fault}`, () => assert.ok(huntInGroups(mutant, 1, SEEDS)));
}

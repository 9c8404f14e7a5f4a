// Simulated groups in every `npm test`: a batch of seeds with all faults, regression seeds, and mutants.

import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { GROUP_MUTANTS, catchGroupMutant } from './group-mutants.js';
import { GroupWorld } from './group-world.js';
import { EventCounters } from '../kernel/event-counters.js';

const SEEDS = 40;
/** Seeds that once violated a rule. */
const REGRESSIONS: Readonly<Record<number, string>> = {
  293: 'a leader and its successor do not campaign in lockstep forever',
  608: 'a message has the cut of the membership in which it was written',
};

const counters = new EventCounters();
const violations: string[] = [];

before(() => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const report = new GroupWorld(seed).run();
    counters.join(report.counters);
    violations.push(...report.violations.map((violation) => `${violation} (seed ${seed})`));
  }
});

function assertHolds(rule: string): void {
  assert.deepEqual(
    violations.filter((violation) => violation.startsWith(`[${rule}]`)),
    [],
  );
}

test('[GROUP-2] every member consented after its last membership ended', () => assertHolds('GROUP-2'));
test('[GROUP-6] no two entries are ratified at one index, and in the end all entries are ratified', () =>
  assertHolds('GROUP-6'));
test('[GROUP-7] no member adopts two logs at one position, or an entry of a term before its vote', () =>
  assertHolds('GROUP-7'));
test('[GROUP-10] no ratified entry is replaced, and in the end all members have one log', () =>
  assertHolds('GROUP-10'));
test('[GROUP-13] an orphaned removal holds until the new leader rules on it', () => assertHolds('GROUP-13'));
test('[GROUP-16] no crash makes a member vote twice in a term', () => assertHolds('GROUP-16'));
test('[GROUP-47] no message of a replaced device is shown beyond its cut', () => assertHolds('GROUP-47'));
test('[GROUP-49] a member that knows of the replacement shows no message that a thief signs', () =>
  assertHolds('GROUP-49'));
test('[GROUP-42] no honest leader adds a person with made-up keys', () => assertHolds('GROUP-42'));
test('[GROUP-44] a person with made-up keys gets nothing, and is never taken for the user of that name', () =>
  assertHolds('GROUP-44'));
test('[GROUP-22] nothing is sent to a non-member', () => assertHolds('GROUP-22'));
test('[GROUP-23] no message beyond a cut is shown', () => assertHolds('GROUP-23'));
test('[GROUP-27] every message is shown once', () => assertHolds('GROUP-27'));
test('[GROUP-29] all members have the same messages in the same order', () => assertHolds('GROUP-29'));
test('[GROUP-31] in the end every message is acknowledged', () => assertHolds('GROUP-31'));
test('[GROUP-34] a message whose send was confirmed survives every crash', () => assertHolds('GROUP-34'));
test('no other rule is violated', () => assert.deepEqual(violations, []));

test('the seeds cover the interesting events', () => {
  const interesting = ['crashes', 'crashes at effects', 'partitions', 'cut links', 'letters', 'equivocations']
    .concat([
      'tampered frames',
      'forged statements',
      'forged consents',
      'actions after removal',
      'GROUP_LIAR',
      'made-up members',
      'made-up requests',
      'replaced devices',
      'stolen devices used',
      'devices',
    ])
    .concat(['takeover', 'add', 'remove', 'leave', 'removed', 'left', 'marked', 'sent', 'shown', 'held', 'delivered']);
  assert.deepEqual(
    interesting.filter((what) => counters.of(what) === 0),
    [],
  );
});

for (const [seed, statement] of Object.entries(REGRESSIONS)) {
  test(`seed ${seed} holds: ${statement}`, () => {
    assert.deepEqual(new GroupWorld(Number(seed)).run().violations, []);
  });
}

for (const mutant of GROUP_MUTANTS.filter(({ isElusive }) => !isElusive)) {
  test(`caught: ${mutant.fault}`, () => assert.ok(catchGroupMutant(mutant, mutant.from ?? 1, SEEDS)));
}

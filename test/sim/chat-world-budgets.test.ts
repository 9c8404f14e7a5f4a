// Simulated users whose friends may make them store little in a day: nothing that was acknowledged is lost, and the
// rest arrives on later days, under all faults.

import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { ChatWorld, SMALL_BUDGET } from './chat-world.js';
import { Tally, type Counted } from './kernel/tally.js';

const SEEDS = 40;
const OPTIONS = { friendBytesPerDay: SMALL_BUDGET };

const tally = new Tally();
const violations: string[] = [];

before(() => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const report = new ChatWorld(seed, OPTIONS).run();
    tally.join(report.tally);
    violations.push(...report.violations.map((violation) => `${violation} (seed ${seed})`));
  }
});

test('[CHAT-20] [CHAT-21] what exceeds the budgets arrives later, once and in order, and nothing else suffers', () => {
  assert.deepEqual(violations, []);
});

test('budgets were exceeded while programs crashed, links broke and old copies were restored', () => {
  const interesting: Counted[] = [
    ...(['budgets exceeded', 'days for budgets', 'crashes', 'crashes at effects', 'broken links'] as const),
    ...(['held', 'restored copies', 'recoveries', 'renewals', 'full disks'] as const),
  ];
  assert.deepEqual(
    interesting.filter((what) => tally.of(what) === 0),
    [],
  );
});

/** Seeds that broke a rule in the past, and the bug that they showed. */
const REGRESSIONS: readonly (readonly [seed: number, showed: string])[] = [
  [1004, 'a recovery behind a cancelled number asked each day for the same messages and paid for them again'],
  [1030, 'a recovery answer that was larger than the budget was refused each day'],
];

for (const [seed, showed] of REGRESSIONS) {
  test(`seed ${seed} holds: ${showed}`, () => {
    assert.deepEqual(new ChatWorld(seed, OPTIONS).run().violations, []);
  });
}

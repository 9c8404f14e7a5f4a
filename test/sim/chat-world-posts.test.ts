// Simulated users who post: under all faults, the lists of friends converge to those of the authors.

import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { ChatWorld } from './chat-world.js';
import { Tally, type Counted } from './kernel/tally.js';

const SEEDS = 60;

const tally = new Tally();
const violations: string[] = [];

before(() => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const report = new ChatWorld(seed, { hasPosts: true }).run();
    tally.join(report.tally);
    violations.push(...report.violations.map((violation) => `${violation} (seed ${seed})`));
  }
});

function assertNoViolation(...rules: string[]): void {
  const broken = violations.filter((violation) => rules.some((rule) => violation.startsWith(`[${rule}]`)));
  assert.deepEqual(broken, []);
}

test('[POST-10] every friend ends with the list of the author', () => assertNoViolation('POST-10'));
test('[POST-1] [POST-3] clients announce only posts that exist and are not removed', () =>
  assertNoViolation('POST-1', 'POST-3'));
test('[G1] a confirmed post survives every crash', () => assertNoViolation('G1'));
test('no program fails, breaks its contract or loops while users post', () =>
  assertNoViolation('fault', 'contract', 'G8'));

test('users posted, removed and fetched while programs crashed and links broke', () => {
  const interesting: Counted[] = [
    ...(['posted', 'posts announced', 'posts removed', 'posts fetched', 'crashes', 'crashes at effects'] as const),
    ...(['broken links', 'partitions', 'half-open', 'restored copies', 'renewals', 'forgeries', 'full disks'] as const),
  ];
  assert.deepEqual(
    interesting.filter((what) => tally.of(what) === 0),
    [],
  );
});

/** Seeds that broke a rule in the past, and the bug that they showed. */
const REGRESSIONS: readonly (readonly [seed: number, showed: string])[] = [
  [128, 'messages behind a lost one stayed hidden after it was recovered'],
  [283, 'recovery answers of two stale copies crossed, so a queued message got two numbers'],
  [436, 'a recovery answer left out queued messages, which then arrived out of order'],
];

for (const [seed, showed] of REGRESSIONS) {
  test(`seed ${seed} holds: ${showed}`, () => {
    assert.deepEqual(new ChatWorld(seed, { hasPosts: true }).run().violations, []);
  });
}

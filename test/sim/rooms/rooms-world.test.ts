// Simulated clusters of rooms in every `npm test`: a batch of seeds with all troubles, old failures, planted faults.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Tally, type Counted } from '../kernel/tally.js';
import { huntInRooms, ROOM_MUTANTS } from './room-mutants.js';
import { RoomsWorld } from './rooms-world.js';

const SEEDS = 20;
const MUTANT_SEEDS = 20;

/** Seeds that once broke a rule, and what they showed. */
const REGRESSIONS: readonly (readonly [seed: number, showed: string])[] = [
  [414, 'members that restarted were taken for lagging ones, and nobody saw a quorum any more'],
  [11, 'who joined by a snapshot remembered nothing for the next who had missed something'],
];

const tally = new Tally();
const violations: string[] = [];

before(() => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const report = new RoomsWorld(seed).run();
    tally.join(report.tally);
    violations.push(...report.violations.map((violation) => `${violation} (seed ${seed})`));
  }
});

test('[ORDER-2] [ORDER-6] [ORDER-8] [VIEW-1] [VIEW-9] [VIEW-14] one order, nothing lost or doubled', () =>
  assert.deepEqual(violations, []));

test('interesting things happened', () => {
  const interesting: Counted[] = ['crashes', 'crashes at effects', 'pauses', 'partitions', 'one-way partitions'];
  interesting.push('whole clusters crashed', 'datagrams lost', 'datagrams doubled', 'views', 'accepted', 'deliveries');
  assert.deepEqual(
    interesting.filter((what) => tally.of(what) === 0),
    [],
  );
});

test('a seed replays exactly', () => {
  const hash = (seed: number) => new RoomsWorld(seed, { trace: { hashed: true } }).run().trace.hash();
  assert.equal(hash(3), hash(3));
  assert.notEqual(hash(3), hash(4));
});

for (const [seed, showed] of REGRESSIONS) {
  test(`seed ${seed} holds: ${showed}`, () => assert.deepEqual(new RoomsWorld(seed).run().violations, []));
}

for (const mutant of ROOM_MUTANTS.filter(({ isElusive }) => !isElusive)) {
  test(`caught: ${mutant.fault}`, () => assert.ok(huntInRooms(mutant, 1, MUTANT_SEEDS)));
}

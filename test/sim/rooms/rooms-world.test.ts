// Simulated clusters of rooms: a batch of seeds with all faults, seeds that failed before, and planted faults.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Tally, type Counted } from '../kernel/tally.js';
import { catchRoomMutant, ROOM_MUTANTS } from './room-mutants.js';
import { RoomsWorld } from './rooms-world.js';

const SEEDS = 20;
const MUTANT_SEEDS = 20;

/** Seeds that broke a rule in the past, and the bug that they showed. */
const REGRESSIONS: readonly (readonly [seed: number, showed: string])[] = [
  [414, 'restarted members counted as lagging, so no server saw a quorum'],
  [11, 'a server that joined by a snapshot had no recent messages for the next one'],
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

test('[ORDER-2] [ORDER-6] [ORDER-8] [VIEW-1] [VIEW-9] [VIEW-14] one order, no loss, no duplicates', () =>
  assert.deepEqual(violations, []));

test('every kind of fault occurred', () => {
  const interesting: Counted[] = ['crashes', 'crashes at effects', 'pauses', 'partitions', 'one-way partitions'];
  interesting.push(
    'whole clusters crashed',
    'datagrams lost',
    'datagrams duplicated',
    'views',
    'accepted',
    'forged lines',
    'confirmed clients',
    'deliveries',
  );
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
  test(`caught: ${mutant.fault}`, () => assert.ok(catchRoomMutant(mutant, 1, MUTANT_SEEDS)));
}

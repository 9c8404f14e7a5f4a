// Simulated friends who chat: a batch of seeds with all faults, seeds that failed before, and exact replay.

import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { ChatWorld } from './chat-world.js';
import { Tally, type Counted } from './kernel/tally.js';
import { REGRESSIONS } from './regressions.js';

const SEEDS = 250;

const tally = new Tally();
const violations: string[] = [];

before(() => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const report = new ChatWorld(seed).run();
    tally.join(report.tally);
    violations.push(...report.violations.map((violation) => `${violation} (seed ${seed})`));
  }
});

function assertNoViolation(rule: string): void {
  assert.deepEqual(
    violations.filter((violation) => violation.startsWith(`[${rule}]`)),
    [],
  );
}

test('[G1] confirmed and acknowledged messages survive every crash', () => assertNoViolation('G1'));
test('[G2] every message is in both histories once, and in order', () => assertNoViolation('G2'));
test('[G3] queued messages arrive, and message states are true', () => assertNoViolation('G3'));
test('[G4] no user can impersonate another, and only friends are received', () => assertNoViolation('G4'));
test('[CHAT-18] a stale copy never forks a sequence, and only a stale copy becomes a new device', () =>
  assertNoViolation('CHAT-18'));
test('[CHAT-19] lost messages that friends have are recovered', () => assertNoViolation('CHAT-19'));
test('presence is correct at the end', () => assertNoViolation('presence'));
test('no program fails, breaks its contract or loops', () => {
  assertNoViolation('fault');
  assertNoViolation('contract');
  assertNoViolation('G8');
});
test('there is no other violation', () => assert.deepEqual(violations, []));

test('every kind of event and fault occurred', () => {
  const interesting: Counted[] = [
    'crashes',
    'crashes at effects',
    'server crashes',
    'pauses',
    'broken links',
    'broken sessions',
    'stalls',
    'partitions',
    'crossed dials',
    'dial failures',
    'wrong dials',
    'answers lost',
    'datagrams lost',
    'datagrams duplicated',
    'moves',
    'held',
    'delivered',
    'read',
    'cancelled',
    'quick confirmed',
    'friends added',
    'friends removed',
    'half-open',
    'forgeries',
    'renewals',
    'recoveries',
    'restored copies',
    'restored copies with queued messages',
    'restored copies with held messages',
    'restored copies with unread messages',
    'restored copies with messages cancelled since',
    'restored copies of an older device',
    'clock jumps',
    'month-long sleeps',
    'full disks',
  ];
  assert.deepEqual(
    interesting.filter((what) => tally.of(what) === 0),
    [],
  );
});

test('a seed replays exactly', () => {
  const hashes = [1, 2].map(() => new ChatWorld(7, { trace: { hashed: true } }).run().trace.hash());
  assert.equal(hashes[0], hashes[1]);
  assert.notEqual(hashes[0], new ChatWorld(8, { trace: { hashed: true } }).run().trace.hash());
});

for (const { seed, hasMachineFaults: hasDisasters, showed } of REGRESSIONS) {
  test(`seed ${seed} holds: ${showed}`, () => {
    assert.deepEqual(new ChatWorld(seed, { hasMachineFaults: hasDisasters }).run().violations, []);
  });
}

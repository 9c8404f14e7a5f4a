// The simulated network in every `npm test`: a batch of seeds with all troubles, old failures, and exact replay.

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

function unbroken(rule: string): void {
  assert.deepEqual(
    violations.filter((violation) => violation.startsWith(`[${rule}]`)),
    [],
  );
}

test('[G1] what was promised or acknowledged survives every crash', () => unbroken('G1'));
test('[G2] every message is in both histories once, and in order', () => unbroken('G2'));
test('[G3] what waits arrives in the end, and states tell the truth', () => unbroken('G3'));
test('[G4] nobody speaks for another, and only friends are heard', () => unbroken('G4'));
test('[CHAT-18] an old copy never forks a sequence, and only an old copy becomes a new device', () =>
  unbroken('CHAT-18'));
test('[CHAT-19] what friends have of what was lost comes back', () => unbroken('CHAT-19'));
test('everybody sees in the end who is there', () => unbroken('presence'));
test('no program breaks its own promises, or runs in circles', () => {
  unbroken('fault');
  unbroken('contract');
  unbroken('G8');
});
test('and nothing else broke', () => assert.deepEqual(violations, []));

test('interesting things happened', () => {
  const interesting: Counted[] = [
    'crashes',
    'crashes at effects',
    'server crashes',
    'pauses',
    'cut links',
    'cut sessions',
    'clogs',
    'partitions',
    'crossed dials',
    'dial failures',
    'wrong dials',
    'answers lost',
    'datagrams lost',
    'datagrams doubled',
    'moves',
    'held',
    'delivered',
    'read',
    'cancelled',
    'quick confirmed',
    'friends added',
    'friends removed',
    'half-open',
    'lies',
    'renewals',
    'came back',
    'copies put back',
    'copies with words waiting',
    'copies with words held',
    'copies with words unread',
    'copies with words cancelled since',
    'copies of an older device',
    'clock jumps',
    'months',
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

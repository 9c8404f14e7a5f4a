// Name servers that lie: a batch of seeds with all lies, exact replay, and planted faults.

import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Tally, type Counted } from '../kernel/tally.js';
import { catchServersMutant, SERVERS_MUTANTS } from './servers-mutants.js';
import { ServersWorld } from './servers-world.js';

const SEEDS = 12;

const tally = new Tally();
const violations: string[] = [];

before(() => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const report = new ServersWorld(seed).run();
    tally.join(report.tally);
    violations.push(...report.violations.map((violation) => `${violation} (seed ${seed})`));
  }
});

function assertNoViolation(...rules: string[]): void {
  const isOf = (violation: string) => rules.some((rule) => violation.startsWith(`[${rule}]`));
  assert.deepEqual(violations.filter(isOf), []);
}

test('[DIR-9] no pinned key changes, and a first key comes from a look-up of that user', () =>
  assertNoViolation('DIR-9'));
test('[SESS-2] the home server lets nobody in but the device of the user', () => assertNoViolation('SESS-2'));
test('[SESS-22] no client proves its device to a server that has not proved its key', () =>
  assertNoViolation('SESS-22'));
test('[SESS-24] a server that says RESTORED renews no device', () => assertNoViolation('SESS-24'));
test('[CHAT-25] lines that a user did not write are marked', () => assertNoViolation('CHAT-25'));
test('[LETTER-9] letters for former devices open', () => assertNoViolation('LETTER-9'));
test('[LETTER-1] nothing that the liar writes is shown as the words of a user', () => assertNoViolation('G4'));
test('[CHAT-12] once the servers are honest, each message arrives once and in order', () =>
  assertNoViolation('G1', 'G2', 'G3'));
test('there is no other violation', () => assert.deepEqual(violations, []));

test('every kind of lie was told, and had its effect', () => {
  const interesting: Counted[] = [
    'relayed sessions',
    'forged look-ups',
    'false RESTORED',
    'withheld frames',
    'replayed letters',
    'forged letters',
    'made-up lines',
    'made-up members',
    'forged notices',
    'lost letter keys',
    'answers of the liar',
    'remembered lines',
    'first keys from the liar',
    'renewals',
    'recoveries',
    'nights',
    'held',
    'delivered',
    'crashes',
  ];
  assert.deepEqual(
    interesting.filter((what) => tally.of(what) === 0),
    [],
  );
});

test('a seed replays exactly', () => {
  const hashes = [1, 2].map(() => new ServersWorld(7, { trace: { hashed: true } }).run().trace.hash());
  assert.equal(hashes[0], hashes[1]);
});

for (const mutant of SERVERS_MUTANTS) {
  const { fault, from } = mutant;
  if (from !== undefined) test(`caught: ${fault}`, () => assert.ok(catchServersMutant(mutant, from, SEEDS)));
}

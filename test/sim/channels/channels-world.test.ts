// Simulated federations in each `npm test`: a batch of seeds with all troubles, and planted faults.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { EventCounters } from '../kernel/event-counters.js';
import { CHANNEL_MUTANTS, catchChannelMutant } from './channel-mutants.js';
import { ChannelsWorld } from './channels-world.js';

const SEEDS = 18;
/** Starts after a seed with long texts, which takes as long as ten others. */
const MUTANT_FROM = 9;
const MUTANT_SEEDS = 16;

const tally = new EventCounters();
const violations: string[] = [];

before(() => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const report = new ChannelsWorld(seed).run();
    tally.join(report.tally);
    violations.push(...report.violations.map((violation) => `${violation} (seed ${seed})`));
  }
});

test('[CHAN-7] [CHAN-8] [VISIT-1] [VISIT-2] [RELAY-5] [RELAY-6] [RELAY-7] [RELAY-14] each message comes once', () =>
  assert.deepEqual(violations, []));

test('the seeds exercise every kind of trouble', () => {
  const interesting = ['crashes', 'links broken', 'clogs', 'relayed', 'dropped_known', 'dropped_forged', 'told'];
  interesting.push(
    'dropped_hops',
    'dropped_malformed',
    'peers_cut',
    'event message',
    'last words judged',
    'dropped_slow_peer',
    'dropped_flood',
  );
  interesting.push(
    'answer direct_delivered',
    'lies: wrong id',
    'lies: restamped',
    'lies: addresses',
    'lies: from afar',
  );
  interesting.push('relayed_again', 'copies', 'boots raised');
  assert.deepEqual(
    interesting.filter((what) => tally.of(what) === 0),
    [],
  );
});

test('a seed replays exactly', () => {
  const hash = (seed: number): string => new ChannelsWorld(seed, { trace: { hashed: true } }).run().trace.hash();
  assert.equal(hash(15), hash(15));
  assert.notEqual(hash(15), hash(16));
});

for (const mutant of CHANNEL_MUTANTS) {
  test(`caught: ${mutant.fault}`, () => assert.ok(catchChannelMutant(mutant, MUTANT_FROM, MUTANT_SEEDS)));
}

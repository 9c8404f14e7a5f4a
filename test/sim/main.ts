// `npm run sim`: runs seeds and prints those that break a guarantee. Exits with 1 if there is one.

import { parseArgs } from 'node:util';
import { clock } from '../../runtime/sources.js';
import { ChannelsWorld } from './channels/channels-world.js';
import { ChatWorld, SMALL_BUDGET } from './chat-world.js';
import { GroupWorld } from './groups/group-world.js';
import { EventCounters } from './kernel/event-counters.js';
import { Tally } from './kernel/tally.js';
import type { Trace } from './kernel/trace.js';
import { RoomsWorld } from './rooms/rooms-world.js';
import { ServersWorld } from './servers/servers-world.js';

const PROGRESS_EVERY = 100;
const LISTED_MAX = 50;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    world: { type: 'string', default: 'chat' },
    trace: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
});

/** The result of one seed in any world. */
interface SeedResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly trace: () => readonly string[];
}

/** Runs seeds of one world; `lines` gives the event counts of all of them. */
interface World {
  readonly run: (seed: number) => SeedResult;
  readonly lines: () => string[];
}

const WORLDS = new Map<string, () => World>([
  ['chat', () => tallyWorld((seed, options) => new ChatWorld(seed, options))],
  [
    'budgets',
    () => tallyWorld((seed, options) => new ChatWorld(seed, { ...options, friendBytesPerDay: SMALL_BUDGET })),
  ],
  ['posts', () => tallyWorld((seed, options) => new ChatWorld(seed, { ...options, hasPosts: true }))],
  ['servers', () => tallyWorld((seed, options) => new ServersWorld(seed, options))],
  ['rooms', () => tallyWorld((seed, options) => new RoomsWorld(seed, options))],
  ['groups', groupWorld],
  ['channels', channelsWorld],
]);

process.exitCode = search(Number(values.from), Number(values.seeds));

function search(from: number, seeds: number): number {
  const world = WORLDS.get(values.world);
  if (!world || !(from >= 0) || !(seeds > 0)) {
    const worlds = [...WORLDS.keys()].join('|');
    console.error(`Use it like this: npm run sim -- [--seeds N] [--from S] [--world ${worlds}] [--trace | --quiet]`);
    return 1;
  }
  const { run, lines } = world();
  const failed: number[] = [];
  const startedAt = clock.now();
  for (let seed = from; seed < from + seeds; seed += 1) {
    const report = run(seed);
    if (report.violations.length > 0) failed.push(seed);
    show(report, failed.length);
    if ((seed - from + 1) % PROGRESS_EVERY === 0) console.log(`${seed - from + 1} seeds, ${failed.length} failed`);
  }
  const seconds = (clock.now() - startedAt) / 1000;
  console.log(`\n${lines().join('\n')}\n`);
  console.log(`${seeds} seeds in ${seconds.toFixed(1)} s (${(seeds / seconds).toFixed(0)} a second)`);
  console.log(
    failed.length === 0 ? 'no violation' : `${failed.length} failed: ${failed.slice(0, LISTED_MAX).join(' ')}`,
  );
  return failed.length === 0 ? 0 : 1;
}

/** Prints the complete trace of the first failing seed only. */
function show(report: SeedResult, failures: number): void {
  const { seed, violations, trace } = report;
  const isFirst = violations.length > 0 && failures === 1;
  if ((isFirst && !values.quiet) || values.trace) console.log(trace().join('\n'));
  for (const violation of violations) console.log(`seed ${seed}: ${violation}`);
}

type Run = { run(): { violations: readonly string[]; tally: Tally; trace: Trace } };

function tallyWorld(build: (seed: number, options: { trace: { all: boolean } }) => Run): World {
  const all = new Tally();
  const run = (seed: number): SeedResult => {
    const { violations, tally, trace } = build(seed, { trace: { all: values.trace } }).run();
    all.join(tally);
    return { seed, violations, trace: () => trace.lines() };
  };
  return { run, lines: () => all.lines() };
}

function groupWorld(): World {
  const all = new EventCounters();
  const run = (seed: number): SeedResult => {
    const { violations, counters: tally, trace } = new GroupWorld(seed).run();
    all.join(tally);
    return { seed, violations, trace };
  };
  return { run, lines: () => all.lines() };
}

function channelsWorld(): World {
  const all = new EventCounters();
  const run = (seed: number): SeedResult => {
    const { violations, tally, trace } = new ChannelsWorld(seed, { trace: { all: values.trace } }).run();
    all.join(tally);
    return { seed, violations, trace: () => trace.lines() };
  };
  return { run, lines: () => all.lines() };
}

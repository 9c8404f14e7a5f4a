// `npm run sim`: searches seeds for a broken guarantee, and prints those that show one. Exit 1 if any did.

import { parseArgs } from 'node:util';
import { clock } from '../../runtime/sources.js';
import { ChatWorld } from './chat-world.js';
import { Tally } from './kernel/tally.js';
import type { Trace } from './kernel/trace.js';
import { RoomsWorld } from './rooms/rooms-world.js';

const PROGRESS_EVERY = 100;
const LISTED_MAX = 50;

interface Report {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly tally: Tally;
  readonly trace: Trace;
}

type Options = { readonly trace: { readonly all: boolean } };

const WORLDS: Readonly<Record<string, (seed: number, options: Options) => { run(): Report }>> = {
  chat: (seed, options) => new ChatWorld(seed, options),
  posts: (seed, options) => new ChatWorld(seed, { ...options, hasPosts: true }),
  rooms: (seed, options) => new RoomsWorld(seed, options),
};

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    world: { type: 'string', default: 'chat' },
    trace: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
});

process.exitCode = search(Number(values.from), Number(values.seeds));

function search(from: number, seeds: number): number {
  const world = WORLDS[values.world];
  if (!world || !(from >= 0) || !(seeds > 0)) {
    const worlds = Object.keys(WORLDS).join('|');
    console.error(`Use it like this: npm run sim -- [--seeds N] [--from S] [--world ${worlds}] [--trace | --quiet]`);
    return 1;
  }
  const all = new Tally();
  const failed: number[] = [];
  const startedAt = clock.now();
  for (let seed = from; seed < from + seeds; seed += 1) {
    const report = world(seed, { trace: { all: values.trace } }).run();
    all.join(report.tally);
    if (report.violations.length > 0) failed.push(seed);
    show(report, failed.length);
    if ((seed - from + 1) % PROGRESS_EVERY === 0) console.log(`${seed - from + 1} seeds, ${failed.length} failed`);
  }
  const seconds = (clock.now() - startedAt) / 1000;
  console.log(`\n${all.lines().join('\n')}\n`);
  console.log(`${seeds} seeds in ${seconds.toFixed(1)} s (${(seeds / seconds).toFixed(0)} a second)`);
  console.log(
    failed.length === 0 ? 'no violation' : `${failed.length} failed: ${failed.slice(0, LISTED_MAX).join(' ')}`,
  );
  return failed.length === 0 ? 0 : 1;
}

/** The trace of every failing seed would bury the first one: only that is printed whole. */
function show(report: Report, failures: number): void {
  const { seed, violations, trace } = report;
  const isFirst = violations.length > 0 && failures === 1;
  if ((isFirst && !values.quiet) || values.trace) console.log(trace.lines().join('\n'));
  for (const violation of violations) console.log(`seed ${seed}: ${violation}`);
}

// The program `npm run bench:rooms [-- --only 10]`: clusters under load over real UDP, and a check of what each client
// saw. Exit 1 where a promise broke.

import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { percentile } from '../report.js';
import { Cluster } from '../../test/e2e/rooms/cluster.js';
import { Crowd } from '../../test/e2e/rooms/crowd.js';
import { judge } from '../../test/e2e/rooms/verdict.js';

interface Trial {
  readonly title: string;
  readonly servers: number;
  readonly clients: number;
  readonly rooms: number;
  readonly order: string;
  readonly window: number;
  readonly goal: number;
  readonly hasKey?: boolean;
  /** Below what it can do: how long each client waits before its next line. */
  readonly paceMs?: number;
}

const TEN = { servers: 10, clients: 250, rooms: 10 };
const THREE = { servers: 3, clients: 30, rooms: 10 };
const TRIALS: readonly Trial[] = [
  { title: '10 servers, total', ...TEN, order: 'total', window: 1, goal: 2_000 },
  { title: '10 servers, total, half its load', ...TEN, order: 'total', window: 1, goal: 0, paceMs: 150 },
  { title: '10 servers, fifo', ...TEN, order: 'fifo', window: 1, goal: 2_000 },
  { title: '10 servers, unordered', ...TEN, order: 'unordered', window: 1, goal: 2_000 },
  { title: '10 servers, total, sealed', ...TEN, order: 'total', window: 1, goal: 2_000, hasKey: true },
  { title: '3 servers, total', ...THREE, order: 'total', window: 8, goal: 8_000 },
  { title: '3 servers, total, half its load', ...THREE, order: 'total', window: 4, goal: 0, paceMs: 20 },
  { title: '3 servers, fifo', ...THREE, order: 'fifo', window: 8, goal: 8_000 },
  { title: '3 servers, unordered', ...THREE, order: 'unordered', window: 8, goal: 8_000 },
  { title: '3 servers, total, sealed', ...THREE, order: 'total', window: 8, goal: 8_000, hasKey: true },
  { title: '3 servers, total, more than fits', ...THREE, order: 'total', window: 400, goal: 0 },
];

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, seconds: { type: 'string', default: '8' } },
});
const WARM_UP_MS = 2_000;
const SETTLE_MS = 2_500;
const TEXT_BYTES = 60;

process.stdout.write('                                     messages/s    goal   p50 ms   p99 ms  refused  unheard\n');
for (const trial of TRIALS.filter(({ title }) => title.includes(values.only))) await run(trial);

async function run(trial: Trial): Promise<void> {
  const cluster = await Cluster.start(trial);
  await cluster.whole();
  const crowd = new Crowd({ ports: cluster.ports, ...trial, textBytes: TEXT_BYTES });
  await crowd.enter();
  await pause(SETTLE_MS / 2);
  crowd.talk();
  await pause(WARM_UP_MS);
  crowd.forget();
  const [from, seenBefore] = [performance.now(), crowd.seen];
  await pause(Number(values.seconds) * 1_000);
  const seconds = (performance.now() - from) / 1_000;
  const rate = (crowd.seen - seenBefore) / (trial.clients / trial.rooms) / seconds;
  const waits = [...crowd.waits];
  crowd.hush();
  await pause(SETTLE_MS);
  crowd.leave();
  cluster.end();
  say(trial, rate, waits, crowd);
}

function say(trial: Trial, rate: number, waits: readonly number[], crowd: Crowd): void {
  const sights = crowd.guests.map(({ sight }) => sight);
  const { complaints, unheard } = judge(sights, trial.order);
  const refused = sights.reduce((sum, sight) => sum + sight.refused, 0);
  const figures = [rate.toFixed(0).padStart(10), String(trial.goal).padStart(7)];
  const times = [percentile(waits, 0.5), percentile(waits, 0.99)].map((ms) => ms.toFixed(1).padStart(8));
  const counts = [refused, unheard].map((count) => String(count).padStart(8));
  process.stdout.write(`${trial.title.padEnd(36)} ${[...figures, ...times, ...counts].join(' ')}\n`);
  for (const complaint of complaints.slice(0, 5)) process.stdout.write(`    ${complaint}\n`);
  if (complaints.length > 0) process.exitCode = 1;
}

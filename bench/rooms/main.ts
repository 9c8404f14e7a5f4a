// `npm run bench:rooms [-- --only 10]`: measures clusters under load over real UDP and checks what each client
// received. Exits with 1 if a guarantee was broken.

import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { percentile } from '../report.js';
import { Cluster } from '../../test/e2e/rooms/cluster.js';
import { LoadGenerator } from '../../test/e2e/rooms/load-generator.js';
import { checkDelivery } from '../../test/e2e/rooms/delivery-report.js';

interface BenchCase {
  readonly title: string;
  readonly servers: number;
  readonly clients: number;
  readonly rooms: number;
  readonly order: string;
  readonly window: number;
  readonly goal: number;
  readonly hasKey?: boolean;
  /** Limits the load: how long each client waits before its next line. */
  readonly paceMs?: number;
}

const TEN = { servers: 10, clients: 250, rooms: 10 };
const THREE = { servers: 3, clients: 30, rooms: 10 };
const CASES: readonly BenchCase[] = [
  { title: '10 servers, total', ...TEN, order: 'total', window: 1, goal: 2_000 },
  { title: '10 servers, total, half its load', ...TEN, order: 'total', window: 1, goal: 0, paceMs: 150 },
  { title: '10 servers, fifo', ...TEN, order: 'fifo', window: 1, goal: 2_000 },
  { title: '10 servers, unordered', ...TEN, order: 'unordered', window: 1, goal: 2_000 },
  { title: '10 servers, total, encrypted', ...TEN, order: 'total', window: 1, goal: 2_000, hasKey: true },
  { title: '3 servers, total', ...THREE, order: 'total', window: 8, goal: 8_000 },
  { title: '3 servers, total, half its load', ...THREE, order: 'total', window: 4, goal: 0, paceMs: 20 },
  { title: '3 servers, fifo', ...THREE, order: 'fifo', window: 8, goal: 8_000 },
  { title: '3 servers, unordered', ...THREE, order: 'unordered', window: 8, goal: 8_000 },
  { title: '3 servers, total, encrypted', ...THREE, order: 'total', window: 8, goal: 8_000, hasKey: true },
  { title: '3 servers, total, overload', ...THREE, order: 'total', window: 400, goal: 0 },
];

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, seconds: { type: 'string', default: '8' } },
});
const WARM_UP_MS = 2_000;
const SETTLE_MS = 2_500;
const TEXT_BYTES = 60;

process.stdout.write('                                     messages/s    goal   p50 ms   p99 ms  refused undeliv.\n');
for (const benchCase of CASES.filter(({ title }) => title.includes(values.only))) await run(benchCase);

async function run(benchCase: BenchCase): Promise<void> {
  const cluster = await Cluster.start(benchCase);
  await cluster.whole();
  const load = new LoadGenerator({ ports: cluster.ports, ...benchCase, textBytes: TEXT_BYTES });
  await load.join();
  await pause(SETTLE_MS / 2);
  load.start();
  await pause(WARM_UP_MS);
  load.resetMeasurements();
  const [from, seenBefore] = [performance.now(), load.receivedCount];
  await pause(Number(values.seconds) * 1_000);
  const seconds = (performance.now() - from) / 1_000;
  const rate = (load.receivedCount - seenBefore) / (benchCase.clients / benchCase.rooms) / seconds;
  const waits = [...load.latenciesMs];
  load.stop();
  await pause(SETTLE_MS);
  load.leave();
  cluster.end();
  report(benchCase, rate, waits, load);
}

function report(benchCase: BenchCase, rate: number, waits: readonly number[], load: LoadGenerator): void {
  const records = load.clients.map(({ record }) => record);
  const { violations, undelivered } = checkDelivery(records, benchCase.order);
  const refused = records.reduce((sum, record) => sum + record.refused, 0);
  const figures = [rate.toFixed(0).padStart(10), String(benchCase.goal).padStart(7)];
  const times = [percentile(waits, 0.5), percentile(waits, 0.99)].map((ms) => ms.toFixed(1).padStart(8));
  const counts = [refused, undelivered].map((count) => String(count).padStart(8));
  process.stdout.write(`${benchCase.title.padEnd(36)} ${[...figures, ...times, ...counts].join(' ')}\n`);
  for (const violation of violations.slice(0, 5)) process.stdout.write(`    ${violation}\n`);
  if (violations.length > 0) process.exitCode = 1;
}

// Private chat between two real clients: durable messages a second and round trips, beside bare mutual TLS.

import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child.js';
import { startFriends } from './posts/friend-pair.js';
import { median, percentile, printRow, printTitle } from './report.js';
import { withScratch } from './scratch.js';

const TEXT = 'x'.repeat(100);
const FRAME_BYTES = 300; // about what a message of 100 bytes weighs on the wire
const MESSAGES = 30_000;
const TRIPS = 2_000;
const RUNS = 3;

interface Timed {
  readonly ms: number;
}

interface Trips {
  readonly trips: number[];
}

export async function benchChat(): Promise<void> {
  printTitle('Private chat: two clients, TLS, SQLite FULL at both ends');
  await withScratch(async (scratch) => {
    const bare = await bareLink();
    const fsyncMs = median(fsyncs(scratch.directory));
    const [alice, bob] = await startFriends(scratch);
    const rates: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const { ms } = await alice.ask<Timed>({ do: 'flood', to: 'bob', count: MESSAGES, text: TEXT });
      rates.push((MESSAGES / ms) * 1_000);
    }
    const { trips } = await alice.ask<Trips>({ do: 'trips', to: 'bob', count: TRIPS, text: TEXT });
    print({ rate: median(rates), trips }, bare, fsyncMs);
    alice.end();
    bob.end();
  });
}

function print(
  ours: { rate: number; trips: number[] },
  bare: { rate: number; trips: number[] },
  fsyncMs: number,
): void {
  const limit = percentile(bare.trips, 0.5) + 3 * fsyncMs;
  const unit = 'msg/s';
  printRow({
    what: 'durable messages',
    ours: ours.rate,
    unit,
    baseline: 'bare TLS frames',
    theirs: bare.rate,
    goal: '60 000/s',
  });
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    const what = `say to acknowledged, ${name}`;
    const us = percentile(ours.trips, share) * 1_000;
    const theirs = percentile(bare.trips, share) * 1_000;
    printRow({ what, ours: us, unit: 'µs', baseline: 'bare TLS round trip', theirs, goal: '' });
  }
  const us = percentile(ours.trips, 0.5) * 1_000;
  printRow({
    what: 'the same, p50',
    ours: us,
    unit: 'µs',
    baseline: 'TLS + 3 fsyncs',
    theirs: limit * 1_000,
    goal: '≤ 1',
  });
}

async function bareLink(): Promise<{ rate: number; trips: number[] }> {
  const count = 64 * 10_000;
  const [receiver, sender] = [new Child('bare-peer'), new Child('bare-peer')];
  const flooded = await receiver.ask<{ port: number }>({ do: 'listen', bytes: FRAME_BYTES, count });
  await sender.ask({ do: 'dial', port: flooded.port });
  await sender.ask({ do: 'flood', bytes: FRAME_BYTES, count });
  const { ms } = await sender.ask<Timed>({ do: 'flood', bytes: FRAME_BYTES, count });
  const pinged = await receiver.ask<{ port: number }>({ do: 'listen', bytes: FRAME_BYTES, count: 1 });
  await sender.ask({ do: 'dial', port: pinged.port });
  const { trips } = await sender.ask<Trips>({ do: 'trips', bytes: FRAME_BYTES, count: TRIPS });
  receiver.end();
  sender.end();
  return { rate: (count / ms) * 1_000, trips };
}

/** What the disk takes for one small durable append, in ms. */
function fsyncs(directory: string): number[] {
  const file = openSync(join(directory, 'fsync'), 'a');
  const page = Buffer.alloc(4_096);
  const taken = Array.from({ length: 200 }, () => {
    const startedAt = performance.now();
    writeSync(file, page);
    fsyncSync(file);
    return performance.now() - startedAt;
  });
  closeSync(file);
  return taken;
}

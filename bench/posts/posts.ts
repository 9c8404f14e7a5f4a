// A file of 1 GiB from alice to bob, beside a bare TLS stream to a file; what both need of memory, and what chat feels.

import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Child } from '../child.js';
import { startFriends } from './friend-pair.js';
import { median, percentile, printRow, printTitle } from '../report.js';
import { withScratch } from '../scratch.js';

const BYTES = 1_073_741_824;
const RUNS = 3;
const TRIPS = 300;
const TEXT = 'x'.repeat(100);

interface Answered {
  readonly ok: boolean;
  readonly data: { readonly post: string };
}

export async function benchPosts(): Promise<void> {
  printTitle('Posts: 1 GiB between two clients, TLS, hashed, to a file');
  await withScratch(async (scratch) => {
    const at = (name: string): string => join(scratch.directory, name);
    makeFile(at('film'));
    const [alice, bob] = await startFriends(scratch);
    const post = await upload(alice, at('film'));
    const [ours, theirs]: number[][] = [[], []];
    for (let run = 0; run < RUNS; run += 1) {
      theirs?.push(await bare(at('film'), at('bare')));
      ours?.push(await fetched(bob, post, at('got')));
    }
    const rate = BYTES / 1_000_000;
    printRow({
      what: 'alice to bob, hash included',
      ours: rate / median(ours ?? []),
      unit: 'MB/s',
      baseline: 'bare TLS to a file',
      theirs: rate / median(theirs ?? []),
      goal: '≥ 0.9',
    });
    memory('memory of alice, at most', alice);
    memory('memory of bob, at most', bob);
    await chatMeanwhile(alice, bob, post, at);
    alice.end();
    bob.end();
  });
}

/** Round trips of chat while two transfers run at full speed, beside those of an idle line. */
async function chatMeanwhile(alice: Child, bob: Child, post: string, at: (name: string) => string): Promise<void> {
  const trips = async (): Promise<number[]> =>
    (await alice.ask<{ trips: number[] }>({ do: 'trips', to: 'bob', count: TRIPS, text: TEXT })).trips;
  const second = await upload(alice, at('film'));
  await trips();
  const idle = await trips();
  await bob.ask({ do: 'begin', command: get(post, at('got')) });
  await bob.ask({ do: 'begin', command: get(second, at('got-too')) });
  const busy = await trips();
  const { left } = await bob.ask<{ left: number }>({ do: 'begun' });
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    printRow({
      what: `say to acknowledged, two transfers, ${name}`,
      ours: percentile(busy, share) * 1_000,
      unit: 'µs',
      baseline: 'the same, idle',
      theirs: percentile(idle, share) * 1_000,
      goal: '≤ 3',
    });
  }
  if (left < 2) process.stdout.write('  (a transfer was over before the last round trip)\n');
}

function get(id: string, to: string): object {
  return { type: 'post_get', user: 'alice', id, to, force: true };
}

async function upload(alice: Child, path: string): Promise<string> {
  const command = { type: 'post_upload', path, title: null, isReshared: false };
  return (await alice.ask<Answered>({ command })).data.post;
}

/** Seconds. */
async function fetched(bob: Child, post: string, to: string): Promise<number> {
  const startedAt = performance.now();
  const { ok } = await bob.ask<Answered>({ command: get(post, to) });
  if (!ok) throw new Error('the download failed');
  const seconds = (performance.now() - startedAt) / 1_000;
  rmSync(to);
  return seconds;
}

/** Seconds. */
async function bare(from: string, to: string): Promise<number> {
  const [sender, receiver] = [new Child('posts/bulk-peer'), new Child('posts/bulk-peer')];
  const { port } = await sender.ask<{ port: number }>({ do: 'serve', path: from });
  const { ms } = await receiver.ask<{ ms: number }>({ do: 'receive', port, path: to });
  sender.end();
  receiver.end();
  rmSync(to);
  return ms / 1_000;
}

function memory(what: string, { pid }: Child): void {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  const ours = Number(kib) / 1_024;
  printRow({ what, ours, unit: 'MiB', baseline: 'what it may be', theirs: 150, goal: '≤ 1' });
}

function makeFile(path: string): void {
  const file = openSync(path, 'w');
  const piece = randomBytes(1 << 24);
  for (let written = 0; written < BYTES; written += piece.length) writeSync(file, piece);
  closeSync(file);
}

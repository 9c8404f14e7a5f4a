// Look-ups of one user by REST, beside a bare Fastify route that gives as many bytes.

import { join } from 'node:path';
import autocannon from 'autocannon';
import { Child } from '../child.js';
import { median, printRow, printTitle } from '../report.js';
import { withScratch } from '../scratch.js';

const CONNECTIONS = [1, 50];
const SECONDS = 3;
const RUNS = 3;

export async function benchLookups(): Promise<void> {
  printTitle('Look-ups: GET /v1/users/alice');
  const bare = new Child('nameserver/bare-fastify');
  const { address } = await bare.ask<{ address: string }>({});
  await withScratch(async ({ server, directory }) => {
    const alice = new Child('chat-peer', server, 'alice', join(directory, 'alice'));
    await alice.ask({ command: { type: 'online', acceptServer: false } });
    for (const connections of CONNECTIONS) await compare(server, address, connections);
    alice.end();
  });
  bare.end();
}

/** Ours and theirs in turn, so that a drifting machine drifts for both. */
async function compare(server: string, bare: string, connections: number): Promise<void> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    theirs.push(await rate(`${bare}/v1/users/alice`, connections));
    ours.push(await rate(`${server}/v1/users/alice`, connections));
  }
  const what = `look-ups, ${connections} connection${connections === 1 ? '' : 's'}`;
  printRow({ what, ours: median(ours), unit: '/s', baseline: 'bare Fastify', theirs: median(theirs), goal: '≥ 0.8' });
}

async function rate(url: string, connections: number): Promise<number> {
  const result = await autocannon({ url, connections, duration: SECONDS });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url} answered something else than 200`);
  return result.requests.average;
}

// A group of 50 real clients on one machine: one message, until all 49 others have it on disk, beside a bare loop of 49
// TLS writes.

import { join } from 'node:path';
import type { Answer } from '../../protocols/control/answer.js';
import type { ClientEvent } from '../../protocols/control/event.js';
import type { Command } from '../../protocols/control/command.js';
import { runClient, type RunningClient } from '../../client/run.js';
import { bareFanOut } from './bare-fan-out.js';
import { median, percentile, printRow, printTitle } from '../report.js';
import { withScratch, type Scratch } from '../scratch.js';

const MEMBERS = 50;
const MESSAGES = 40;
const TEXT = 'x'.repeat(100);
const MESSAGE_BYTES = 900; // about what a signed message of 100 bytes weighs on the wire

export async function benchGroups(): Promise<void> {
  printTitle(`Groups: ${MEMBERS} clients in one process, TLS, SQLite FULL at each`);
  await withScratch(async (scratch) => {
    const bare = await bareFanOut(MEMBERS - 1, MESSAGE_BYTES, MESSAGES);
    const [leader, ...others] = await openGroup(scratch);
    if (!leader) return;
    const times: number[] = [];
    for (let nth = 0; nth < MESSAGES; nth += 1) times.push(await broadcast(leader, others));
    for (const [name, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const) {
      printRow({
        what: `broadcast until ${MEMBERS - 1} have it on disk, ${name}`,
        ours: percentile(times, share),
        unit: 'ms',
        baseline: `${MEMBERS - 1} TLS writes`,
        theirs: median(bare),
        goal: '',
      });
    }
    await Promise.all([leader, ...others].map((client) => client.stop()));
  });
}

/** The time in ms until every other has told of it, which is after its commit. */
async function broadcast(leader: RunningClient, others: readonly RunningClient[]): Promise<number> {
  const heard = others.map((client) => heardBy(client, ({ event }) => event === 'group'));
  const startedAt = performance.now();
  await does(leader, { type: 'broadcast', group: 'crowd', text: TEXT });
  await Promise.all(heard);
  return performance.now() - startedAt;
}

async function openGroup(scratch: Scratch): Promise<RunningClient[]> {
  const clients: RunningClient[] = [];
  for (let nth = 0; nth < MEMBERS; nth += 1) clients.push(await openClient(scratch, `user${nth}`));
  const [leader, ...others] = clients;
  if (!leader) return [];
  await does(leader, { type: 'create_group', group: 'crowd', isPublic: false, history: null });
  for (const [nth, client] of others.entries()) {
    const invited = heardBy(client, ({ event }) => event === 'group_invite');
    const joined = heardBy(client, ({ event }) => event === 'group_joined');
    await does(leader, { type: 'invite', group: 'crowd', user: `user${nth + 1}` });
    await invited;
    await does(client, { type: 'accept', user: 'crowd', nameKind: 'group' });
    await joined;
  }
  // Links come about by themselves; the first message finds those that have not.
  await broadcast(leader, others);
  await broadcast(leader, others);
  return clients;
}

async function openClient({ directory, server }: Scratch, user: string): Promise<RunningClient> {
  const client = await runClient({
    ...{ server, user, data: join(directory, user), host: '127.0.0.1', port: 0, json: true, plain: true, lines: [] },
    ...{
      inviteCode: null,
      linkWaitMs: 10_000,
      readReceipts: false,
      groupSilenceMs: 600_000,
      friendBytesPerDay: Infinity,
    },
  });
  await does(client, { type: 'online', acceptServer: false });
  return client;
}

async function does({ api: engine }: RunningClient, command: Command): Promise<Answer> {
  const answer = await engine.command(command);
  if (!answer.ok) throw new Error(`${command.type}: ${answer.refusal.code}`);
  return answer;
}

function heardBy({ api: engine }: RunningClient, isIt: (event: ClientEvent) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = engine.onEvent((event) => {
      if (!isIt(event)) return;
      stop();
      resolve();
    });
  });
}

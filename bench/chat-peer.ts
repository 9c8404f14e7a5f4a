// One real client of the chat benchmark, without a face: engine, SQLite and sockets, told what to do by the benchmark.

import type { Command } from '../protocols/control/command.js';
import { runClient } from '../client/run.js';
import { serveQuestions } from './child.js';

const [server = '', user = '', data = ''] = process.argv.slice(2);

const client = await runClient({
  server,
  user,
  data,
  host: '127.0.0.1',
  port: 0,
  json: false,
  plain: true,
  lines: [],
  inviteCode: null,
  linkWaitMs: 10_000,
  readReceipts: false,
  groupSilenceMs: 600_000,
  friendBytesPerDay: Infinity,
});

/** `state`: of the messages that count, if the event is `state`. */
const waiting: { event: string; state: string; left: number; done: () => void }[] = [];
client.api.onEvent((event) => {
  for (const wait of waiting) {
    const isCounted = event.event === wait.event && (event.event !== 'state' || event.state === wait.state);
    if (isCounted) wait.left -= 1;
    if (isCounted && wait.left === 0) wait.done();
  }
});

/** Resolves when so many more events of a name have come. */
function come(event: string, count: number, state = 'delivered'): Promise<void> {
  return new Promise((done) => waiting.push({ event, state, left: count, done }));
}

/** Commands that are under way. */
let begun = 0;

async function begin(command: Command): Promise<object> {
  begun += 1;
  void client.api.command(command).finally(() => (begun -= 1));
  return {};
}

async function carryOut(command: Command): Promise<object> {
  const answer = await client.api.command(command);
  return { ok: answer.ok, data: answer.ok ? answer.data : answer.refusal };
}

/**
 * Says so many texts as fast as they are taken; the time in ms until every one was acknowledged by the other's disk, or
 * by the name server (`held`).
 */
async function flood(to: string, count: number, text: string, state: string): Promise<object> {
  const startedAt = performance.now();
  const delivered = come('state', count, state);
  // Enough on the way to fill every batch, few enough to be a queue that one person could type.
  const askedAtOnce = 2_000;
  for (let said = 0; said < count; said += askedAtOnce) {
    const some = Math.min(askedAtOnce, count - said);
    await Promise.all(Array.from({ length: some }, () => client.api.command({ type: 'say', user: to, text })));
  }
  await delivered;
  return { ms: performance.now() - startedAt };
}

/** One text at a time: ms from `say` to its acknowledgement by the other's disk. */
async function roundTrips(to: string, count: number, text: string): Promise<object> {
  const trips: number[] = [];
  for (let k = 0; k < count; k += 1) {
    const delivered = come('state', 1);
    const startedAt = performance.now();
    await client.api.command({ type: 'say', user: to, text });
    await delivered;
    trips.push(performance.now() - startedAt);
    waiting.length = 0;
  }
  return { trips };
}

serveQuestions(async (question) => {
  const { to, count, text, event, command, state } = question as {
    to: string;
    count: number;
    text: string;
    event: string;
    command: Command;
    state?: string;
  };
  if (question['do'] === 'flood') return flood(to, count, text, state ?? 'delivered');
  if (question['do'] === 'trips') return roundTrips(to, count, text);
  if (question['do'] === 'begin') return begin(command);
  if (question['do'] === 'begun') return { left: begun };
  if (question['do'] === 'come') return come(event, count).then(() => ({}));
  return carryOut(command);
});

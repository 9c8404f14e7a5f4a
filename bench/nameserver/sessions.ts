// Sessions and letters of one client at a name server: the time to go online again, and letters for a friend who is
// away, beside bare WebSockets of the same process that sign as often.

import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { Child } from '../child.js';
import { startFriends } from '../posts/friend-pair.js';
import { median, printRow, printTitle } from '../report.js';
import { withScratch } from '../scratch.js';

const SESSIONS = 60;
/** Fewer than the allowance of letters at once (SPEC LOAD-4), so no letter waits. */
const LETTERS = 60;
const TEXT = 'x'.repeat(100);

interface Timed {
  readonly ms: number;
}

export async function benchSessions(): Promise<void> {
  printTitle('Sessions and letters: one client, one name server');
  await withScratch(async (scratch) => {
    const [alice, bob] = await startFriends(scratch);
    const bare = await bareSessions();
    printRow({
      what: 'go online again, p50',
      ours: median(await sessionTimes(alice)),
      unit: 'ms',
      baseline: 'bare WebSocket, two signatures each way',
      theirs: median(bare),
      goal: '≤ 10',
    });
    bob.end();
    await alice.ask({ do: 'come', event: 'offline', count: 1 });
    const { ms } = await alice.ask<Timed>({ do: 'flood', to: 'bob', count: LETTERS, text: TEXT, state: 'held' });
    printRow({
      what: 'letters held for a friend who is away',
      ours: (LETTERS / ms) * 1_000,
      unit: '/s',
      baseline: 'bare WebSocket sessions',
      theirs: 1_000 / median(bare),
      goal: '',
    });
    alice.end();
  });
}

async function sessionTimes(client: Child): Promise<number[]> {
  const times: number[] = [];
  for (let nth = 0; nth < SESSIONS; nth += 1) {
    await client.ask({ command: { type: 'offline' } });
    const startedAt = performance.now();
    await client.ask({ command: { type: 'online', acceptServer: false } });
    times.push(performance.now() - startedAt);
  }
  return times;
}

/** Each session: an upgrade, then two questions that are signed, answered with a signature, and verified. */
async function bareSessions(): Promise<number[]> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.on('message', (question: Buffer) => socket.send(sign(null, question, privateKey)));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const times: number[] = [];
  for (let nth = 0; nth < SESSIONS; nth += 1) {
    const startedAt = performance.now();
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await once(socket, 'open');
    for (let step = 0; step < 2; step += 1) {
      const question = sign(null, Buffer.from(`question ${step}`), privateKey);
      socket.send(question);
      const [answer] = (await once(socket, 'message')) as [Buffer];
      if (!verify(null, question, publicKey, answer)) throw new Error('the bare server signed something else');
    }
    times.push(performance.now() - startedAt);
    socket.terminate();
  }
  server.close();
  return times;
}

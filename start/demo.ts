// The demo without a terminal: alice and bob talk through real processes and sockets in a temporary directory, which is
// removed at the end.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../runtime/process/exit.js';
import { DemoClient } from './demo-client.js';
import { LineProcess } from './line-process.js';
import { NAME_SERVER } from './programs.js';
import { runDemoScript } from './demo-script.js';

const DEMO_MS = 60_000;
const LISTENING = /^Name server listening on (.+)$/;

/** Prints `name: text` for each message that arrived. Returns 0 if all did; otherwise throws an Error for the user. */
export async function runDemo(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'kith-'));
  const processes: { kill(): Promise<void> }[] = [];
  try {
    await Promise.race([perform(directory, processes), interrupted()]);
    return EXIT.ok;
  } finally {
    await Promise.all(processes.map((each) => each.kill()));
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Adds every process to `processes`, so that the caller can end it in any case. */
async function perform(directory: string, processes: { kill(): Promise<void> }[]): Promise<void> {
  const data = join(directory, 'nameserver');
  const args = ['start', '--host', '127.0.0.1', '--port', '0', '--data', data];
  const server = new LineProcess('nameserver', NAME_SERVER, args);
  processes.push(server);
  const address = LISTENING.exec(await server.line((line) => LISTENING.test(line)))?.[1] ?? '';
  const alice = new DemoClient('alice', address, join(directory, 'alice'));
  const bob = new DemoClient('bob', address, join(directory, 'bob'));
  processes.push(alice, bob);
  await runDemoScript(alice, bob, (line) => process.stdout.write(`${line}\n`));
  server.terminate();
  if ((await server.ended) !== 0) throw new Error('The name server did not end cleanly.');
}

/** Rejects on a signal or after a time limit. */
function interrupted(): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`The demo took longer than ${DEMO_MS / 1_000} s.`)), DEMO_MS).unref();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => reject(new Error(`The demo was interrupted (${signal}).`)));
    }
  });
}

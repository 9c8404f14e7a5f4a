// A name server and a directory that live as long as one benchmark.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Scratch {
  readonly directory: string;
  /** Origin of the name server. */
  readonly server: string;
  readonly serverPid: number;
}

/** Runs `work` with a fresh name server, and takes both away afterwards. */
export async function withScratch(work: (scratch: Scratch) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'kith-bench-'));
  const main = fileURLToPath(new URL('../nameserver/main.js', import.meta.url));
  const flags = ['start', '--host', '127.0.0.1', '--port', '0', '--data', join(directory, 'nameserver')];
  const process_ = spawn(process.execPath, [main, ...flags, '--requests-per-minute', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const server = `http://${await address(process_)}`;
    await work({ directory, server, serverPid: process_.pid ?? 0 });
  } finally {
    process_.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}

function address(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!server.stdout) return reject(new Error('the name server has no output'));
    const lines = createInterface({ input: server.stdout });
    lines.once('line', (line) => resolve(line.replace('Name server listening on ', '')));
    server.once('exit', () => reject(new Error('the name server ended')));
  });
}

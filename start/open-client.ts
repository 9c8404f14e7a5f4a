// `npm start` with a terminal: ensures that a name server runs, then runs a client in the terminal.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { ensureNameServer, type NameServerAddress } from './name-server-process.js';
import { CLIENT } from './programs.js';

const HOST = '127.0.0.1';
const PORT = 12_345;
/** A server that was about to end when it was found (its last client had just left) is gone by then. */
const SECOND_CHECK_MS = 5_000;

/** Runs until the client ends and returns its exit code. `args` are passed on to the client. */
export async function openClient(args: readonly string[]): Promise<number> {
  const address = { host: HOST, port: PORT, data: join(process.env['KITH_DATA'] || 'data', 'nameserver') };
  const { type } = await ensureNameServer(address);
  process.stderr.write(`The name server is on ${HOST}:${PORT}.\n`);
  if (type === 'found') checkAgainLater(address);
  return runClient(args);
}

function checkAgainLater(address: NameServerAddress): void {
  const again = (): void => {
    // The client reports a missing server in the terminal itself.
    ensureNameServer(address).catch(() => undefined);
  };
  setTimeout(again, SECOND_CHECK_MS).unref();
}

/** The terminal sends Ctrl+C to both processes. Only the client acts on it. */
function runClient(args: readonly string[]): Promise<number> {
  const client = spawn(process.execPath, [CLIENT, `${HOST}:${PORT}`, ...args], { stdio: 'inherit' });
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => client.kill(signal));
  return new Promise((resolve, reject) => {
    client.on('error', reject);
    client.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

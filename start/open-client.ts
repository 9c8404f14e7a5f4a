// With a terminal: sees to it that a name server runs, then gives the terminal to a client.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { ensureNameServer, type NameServerAddress } from './name-server-process.js';
import { CLIENT } from './programs.js';

const HOST = '127.0.0.1';
const PORT = 12_345;
/** A server found while it was about to end (its last client had just left) is gone by then, and is started anew. */
const SECOND_LOOK_MS = 5_000;

/** Runs until the client ends; gives its exit code. `args` are passed on to the client. */
export async function openClient(args: readonly string[]): Promise<number> {
  const place = { host: HOST, port: PORT, data: join(process.env['KITH_DATA'] || 'data', 'nameserver') };
  const { type: how } = await ensureNameServer(place);
  process.stderr.write(`The name server is on ${HOST}:${PORT}.\n`);
  if (how === 'found') lookAgainLater(place);
  return runClient(args);
}

function lookAgainLater(place: NameServerAddress): void {
  const again = (): void => {
    // The client is in charge of the terminal and says itself that the server is away: nothing to add here.
    ensureNameServer(place).catch(() => undefined);
  };
  setTimeout(again, SECOND_LOOK_MS).unref();
}

/** The terminal sends Ctrl+C to both of us; what it means is the client's business, so we only outlive it. */
function runClient(args: readonly string[]): Promise<number> {
  const client = spawn(process.execPath, [CLIENT, `${HOST}:${PORT}`, ...args], { stdio: 'inherit' });
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => client.kill(signal));
  return new Promise((resolve, reject) => {
    client.on('error', reject);
    client.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

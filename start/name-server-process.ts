// The name server of this computer: finds a running one, or starts one as a process that outlives this one.

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeFolders } from '../runtime/disk/folder.js';
import { clock } from '../runtime/sources.js';
import { operationalError } from '../runtime/operational-error.js';
import { NAME_SERVER } from './programs.js';

/** `data`: the directory of the name server, which also contains its log. */
export interface NameServerAddress {
  readonly host: string;
  readonly port: number;
  readonly data: string;
}

/** `process`: the id of the server that was started. Another server may have taken the port before it. */
export type EnsuredNameServer = { type: 'found' } | { type: 'started'; process: number };

/** What answers at an address: `kith`: a name server. `other`: another program. `none`: nothing. */
export type ProbeResult = 'kith' | 'other' | 'none';

const POLL_MS = 50;
const ANSWER_MS = 2_000;
const START_MS = 15_000;
/** If our server could not start, another one may have taken the port, and answers soon. */
const OTHER_START_MS = 3_000;
const LAST_LINE_BYTES = 4_096;

/**
 * Waits until a name server answers at the address. If two processes try at once, one of their servers gets the port
 * and both find it. Throws an Error for the user if no server answers.
 */
export async function ensureNameServer(address: NameServerAddress): Promise<EnsuredNameServer> {
  const found = await probe(address);
  if (found === 'kith') return { type: 'found' };
  if (found === 'other') throw new Error(occupied(address));
  const server = startServer(address);
  await untilItAnswers(address, server);
  return { type: 'started', process: server.pid ?? 0 };
}

/** Asks for the health of a name server. A program that accepts the connection but answers otherwise is `other`. */
export async function probe({ host, port }: NameServerAddress): Promise<ProbeResult> {
  try {
    const response = await fetch(`http://${host}:${port}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) });
    const body: unknown = response.ok ? await response.json() : null;
    return isHealth(body) ? 'kith' : 'other';
  } catch (trouble) {
    return isRefusedConnection(trouble) ? 'none' : 'other';
  }
}

function isHealth(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'ok' in body && body.ok === true;
}

function isRefusedConnection(trouble: unknown): boolean {
  const cause = trouble instanceof Error ? trouble.cause : undefined;
  return cause instanceof Error && 'code' in cause && (cause.code === 'ECONNREFUSED' || cause.code === 'ECONNRESET');
}

/** Detached, so that Ctrl+C in this terminal does not reach it. It ends when the last client has left. */
function startServer({ host, port, data }: NameServerAddress): ChildProcess {
  const log = openLog(data);
  const args = ['start', '--host', host, '--port', String(port), '--data', data, '--until-empty'];
  const server = spawn(process.execPath, [NAME_SERVER, ...args], { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  server.unref();
  return server;
}

function openLog(data: string): number {
  try {
    makeFolders(data);
    return openSync(logOf(data), 'a');
  } catch (trouble) {
    throw operationalError(data, trouble);
  }
}

async function untilItAnswers(address: NameServerAddress, server: ChildProcess): Promise<void> {
  let deadline = clock.now() + START_MS;
  server.once('exit', () => (deadline = Math.min(deadline, clock.now() + OTHER_START_MS)));
  let found: ProbeResult = 'none';
  while (clock.now() < deadline) {
    found = await probe(address);
    if (found === 'kith') return;
    await pause(POLL_MS);
  }
  if (found === 'other') throw new Error(occupied(address));
  throw new Error(`The name server did not start: ${lastLine(logOf(address.data))} (its log: ${logOf(address.data)})`);
}

function logOf(data: string): string {
  return join(data, 'log');
}

/** Reads only the end: a log may be of any size. */
function lastLine(path: string): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(LAST_LINE_BYTES);
    const start = Math.max(0, fstatSync(file).size - LAST_LINE_BYTES);
    const bytesRead = readSync(file, buffer, 0, LAST_LINE_BYTES, start);
    return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').at(-1) ?? '';
  } finally {
    closeSync(file);
  }
}

function occupied({ host, port }: NameServerAddress): string {
  return `Port ${port} of ${host} is used by something that is not a name server of Kith. Stop it, then try again.`;
}

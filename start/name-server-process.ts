// The name server of this machine: found where it listens, or started as a process of its own that outlives us.

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeFolders } from '../runtime/disk/folder.js';
import { clock } from '../runtime/sources.js';
import { operationalError } from '../runtime/operational-error.js';
import { NAME_SERVER } from './programs.js';

/** `data`: the name server's own directory; its log is in there. */
export interface NameServerAddress {
  readonly host: string;
  readonly port: number;
  readonly data: string;
}

/** `process`: the id of the one we started, which may have lost its port to a rival. */
export type EnsuredNameServer = { type: 'found' } | { type: 'started'; process: number };

/** Who answers at a place: `kith` a name server, `other` something else, `nobody` nothing. */
export type ProbeResult = 'kith' | 'other' | 'nobody';

const POLL_MS = 50;
const ANSWER_MS = 2_000;
const START_MS = 15_000;
/** A server of ours that could not start may have lost the race against another's, which then answers soon. */
const RIVAL_MS = 3_000;

/**
 * Comes back once a name server answers at the place; says whether it was found or started. Where two try at once, one
 * of their servers gets the port and both find it. Throws an Error worded for a person where none can be had.
 */
export async function ensureNameServer(place: NameServerAddress): Promise<EnsuredNameServer> {
  const who = await probe(place);
  if (who === 'kith') return { type: 'found' };
  if (who === 'other') throw new Error(occupied(place));
  const server = startServer(place);
  await untilItAnswers(place, server);
  return { type: 'started', process: server.pid ?? 0 };
}

/**
 * Asks for the name server's health. Anything that takes the connection without giving that answer is something else.
 */
export async function probe({ host, port }: NameServerAddress): Promise<ProbeResult> {
  try {
    const response = await fetch(`http://${host}:${port}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) });
    const body: unknown = response.ok ? await response.json() : null;
    return isHealth(body) ? 'kith' : 'other';
  } catch (trouble) {
    return isRefusedConnection(trouble) ? 'nobody' : 'other';
  }
}

function isHealth(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'ok' in body && body.ok === true;
}

function isRefusedConnection(trouble: unknown): boolean {
  const cause = trouble instanceof Error ? trouble.cause : undefined;
  return cause instanceof Error && 'code' in cause && (cause.code === 'ECONNREFUSED' || cause.code === 'ECONNRESET');
}

/** Detached, so that Ctrl+C in our terminal does not reach it; it ends by itself when the last client has left. */
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

async function untilItAnswers(place: NameServerAddress, server: ChildProcess): Promise<void> {
  let deadline = clock.now() + START_MS;
  server.once('exit', () => (deadline = Math.min(deadline, clock.now() + RIVAL_MS)));
  let who: ProbeResult = 'nobody';
  while (clock.now() < deadline) {
    who = await probe(place);
    if (who === 'kith') return;
    await pause(POLL_MS);
  }
  if (who === 'other') throw new Error(occupied(place));
  throw new Error(`The name server did not start: ${lastLine(logOf(place.data))} (its log: ${logOf(place.data)})`);
}

function logOf(data: string): string {
  return join(data, 'log');
}

function lastLine(path: string): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? '';
}

function occupied({ host, port }: NameServerAddress): string {
  return `Port ${port} of ${host} is used by something that is not a name server of Kith. Stop it, then try again.`;
}

// A local socket in the data directory of a running program: one line as request, one line as answer.

import { chmodSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join, relative, resolve } from 'node:path';
import process from 'node:process';
import { LIMITS } from '../../protocols/kit/limits.js';
import { OperationalError, operationalError } from '../operational-error.js';
import { listenLines, type LineConnection, type LineListener } from './line-listener.js';

export interface LocalSocketAddress {
  readonly directory: string;
  readonly name: string;
}

const OWNER_ONLY = 0o600;
/** Of `sun_path` on every system we know. */
const PATH_BYTES = 103;

/**
 * Listens. The caller holds the lock of the directory, so a socket file that exists belongs to a dead program. Throws
 * OperationalError.
 */
export async function listenLocal(
  place: LocalSocketAddress,
  onConnection: (connection: LineConnection) => void,
): Promise<LineListener> {
  const path = pathOf(place);
  try {
    if (!isPipe(path)) rmSync(path, { force: true });
    const bounds = { connectionsMax: LIMITS.controlConnectionsMax, lineBytesMax: LIMITS.controlLineBytes };
    const listener = await listenLines({ address: { path }, ...bounds, onConnection });
    if (!isPipe(path)) chmodSync(path, OWNER_ONLY);
    return listener;
  } catch (error) {
    throw operationalError(path, error);
  }
}

/** The answer, or null if no program listens or answers in time. */
export function requestLocal(place: LocalSocketAddress, question: string, timeoutMs: number): Promise<string | null> {
  return new Promise((resolveWith) => {
    const socket = connect({ path: pathOf(place) });
    const pieces: Buffer[] = [];
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    socket.on('data', (piece: Buffer) => pieces.push(piece));
    socket.on('error', () => socket.destroy()); // 'close' follows
    socket.on('close', () => {
      clearTimeout(timer);
      const [line = '', ...rest] = Buffer.concat(pieces).toString().split('\n');
      resolveWith(rest.length > 0 ? line : null);
    });
    socket.write(`${question}\n`);
  });
}

/** The shorter of the absolute and the relative path: the address of a socket has a limited length. */
function pathOf({ directory, name }: LocalSocketAddress): string {
  const whole = resolve(directory, name);
  if (process.platform === 'win32') return `\\\\.\\pipe\\kith${whole.replace(/[^A-Za-z0-9]/g, '-')}`;
  const near = join(relative('.', resolve(directory)) || '.', name);
  const path = near.length < whole.length ? near : whole;
  if (Buffer.byteLength(path) <= PATH_BYTES) return path;
  throw new OperationalError(`${path}: that path is too long for a socket. Choose a shorter one with --data.`);
}

function isPipe(path: string): boolean {
  return path.startsWith('\\\\');
}

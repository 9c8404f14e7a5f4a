// One set-up at a time in one tree. The lock is a listening local socket: the system frees it when its holder dies,
// however it dies.

import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { say } from './say.mjs';

/** Runs the work while no other process works in this tree; waits for its turn as long as it takes. */
export async function inTurn(work, tree = ROOT) {
  const address = addressOf(tree);
  let lock = await tryHold(address);
  if (!lock) say('waiting for another set-up in this directory to finish …');
  while (!lock) {
    await holderGone(address);
    lock = await tryHold(address);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/**
 * Linux and Windows have names for sockets that are no files; elsewhere a file stands in, which a dead holder leaves
 * behind.
 */
function addressOf(tree) {
  const name = `kith-setup-${createHash('sha256').update(tree).digest('hex').slice(0, 16)}`;
  if (process.platform === 'linux') return `\0${name}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), name);
}

function tryHold(address) {
  const waiting = new Set();
  const server = createServer((socket) => waiting.add(socket.on('error', () => socket.destroy())));
  return new Promise((resolve, reject) => {
    server.on('error', (trouble) => (trouble.code === 'EADDRINUSE' ? resolve(null) : reject(trouble)));
    server.listen(address, () => resolve({ release: () => release(server, waiting) }));
  });
}

function release(server, waiting) {
  server.close();
  for (const socket of waiting) socket.destroy();
}

/** Resolves when the connection to the holder ends: it let go, or it died. */
function holderGone(address) {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.on('error', () => forget(address));
    socket.on('close', resolve);
    socket.resume();
  });
}

function forget(address) {
  if (process.platform !== 'linux' && process.platform !== 'win32') rmSync(address, { force: true });
}

// TCP connections that say little or nothing, against a server over real sockets.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

const LATEST_MS = 40_000;

/** A connection that sends what it is told. It is destroyed after the test. */
export async function rawSocket(t: TestContext, port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  socket.resume();
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Opens so many connections, and returns those that the host let through. */
export async function rawSockets(t: TestContext, port: number, count: number): Promise<Socket[]> {
  const opened = await Promise.allSettled(Array.from({ length: count }, () => rawSocket(t, port)));
  return opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/** Resolves when the server closes the connection. Rejects after 40 s. */
export async function closedByServer(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close', { signal: AbortSignal.timeout(LATEST_MS) });
}

/** Sends a text character by character, one in each interval, until the server closes the connection. */
export async function trickle(socket: Socket, text: string, everyMs: number): Promise<void> {
  for (const character of text) {
    if (socket.destroyed) return;
    socket.write(character);
    await pause(everyMs);
  }
}

// Sends bytes over a connection and waits until the other side closes it, for a short time at most.

import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';

/** Long enough for an answer; short, because a server may rightly wait for more bytes. */
const BOUND_MS = 400;

/** Sends bytes to a TCP port. Never rejects: a closed connection is the usual answer. */
export function sendTcp(port: number, pieces: readonly Uint8Array[]): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.once('connect', () => sendAll(socket, pieces));
  return closed(socket);
}

/** What comes between TLS and the bytes; false: the bytes are not sent. */
type Preparation = (socket: TLSSocket) => Promise<boolean>;

/** Sends bytes over TLS after the handshake. */
export function sendTls(
  port: number,
  options: ConnectionOptions,
  pieces: readonly Uint8Array[],
  prepare: Preparation = () => Promise.resolve(true),
): Promise<void> {
  const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  const begin = async (): Promise<void> => {
    const isReady = await prepare(socket);
    socket.resume();
    if (isReady) sendAll(socket, pieces);
  };
  socket.once('secureConnect', () => void begin());
  return closed(socket);
}

function sendAll(socket: Socket, pieces: readonly Uint8Array[]): void {
  for (const piece of pieces) socket.write(piece);
  socket.end();
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const bound = setTimeout(() => socket.destroy(), BOUND_MS);
    socket.on('error', () => undefined); // 'close' follows
    socket.resume();
    socket.once('close', () => {
      clearTimeout(bound);
      resolve();
    });
  });
}

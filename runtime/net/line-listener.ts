// Listens for programs that send lines, on a TCP port or a local path: bounded lines in, bytes out.

import { createServer, type Server, type Socket } from 'node:net';
import { LIMITS } from '../../protocols/kit/limits.js';
import { operationalError, type AdvisedFlags } from '../operational-error.js';
import { ConnectionGate, connectionNameOf } from './gate/connection-gate.js';
import { endpointText, plainHost, type Endpoint } from './endpoint.js';
import { LineReader } from './line-reader.js';

/** `path`: of a local socket, which only this machine can reach. */
export type LineAddress = Endpoint | { readonly path: string };

export interface LineListenerOptions {
  readonly address: LineAddress;
  readonly connectionsMax: number;
  /** On a TCP port: connections that have not been allowed larger lines. Absent: all may wait. */
  readonly waitingMax?: number;
  /** The bound of a line until `allow` changes it. */
  readonly lineBytesMax: number;
  readonly onConnection: (connection: LineConnection) => void;
  /** Those that choose the address. */
  readonly flags?: AdvisedFlags;
}

export interface LineListener {
  /** 0 for a local path. */
  readonly port: number;
  /** Stops listening and closes every open connection. */
  close(): Promise<void>;
}

export interface LineCallbacks {
  /** `null`: the line was too long or not UTF-8; no line follows. */
  readonly onLine: (line: string | null) => void;
  /** Called once; nothing follows. */
  readonly onClosed: () => void;
}

/** Throws OperationalError if the address is not available. */
export async function listenLines(options: LineListenerOptions): Promise<LineListener> {
  const open = new Set<LineConnection>();
  const { connectionsMax, waitingMax = connectionsMax, lineBytesMax } = options;
  const gate = 'path' in options.address ? null : new ConnectionGate({ connectionsMax, waitingMax });
  const server = createServer({ noDelay: true }, (socket) => {
    if (gate?.enter(socket) === false) return;
    const name = connectionNameOf(socket);
    const connection = new LineConnection(socket, { lineBytesMax, onAllowed: () => gate?.admit(name) });
    open.add(connection);
    socket.once('close', () => open.delete(connection));
    options.onConnection(connection);
  });
  server.maxConnections = connectionsMax + 1; // the gate closes an older one for the last
  await listening(server, options);
  server.on('error', () => undefined); // no file descriptor was left
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of open) connection.destroy();
      }),
  };
}

function listening(server: Server, { address: place, flags }: LineListenerOptions): Promise<void> {
  const what = 'path' in place ? place.path : endpointText(place);
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(operationalError(what, error, flags)));
    server.listen(place, resolve);
  });
}

/** `onAllowed`: the owner of the connection allowed larger lines, so it knows the peer. */
interface LineOptions {
  readonly lineBytesMax: number;
  readonly onAllowed: () => void;
}

/** One connection. It reads nothing before `start`. */
export class LineConnection {
  /** Without port; empty for a local one. */
  readonly address: string;
  private readonly reader: LineReader;

  constructor(
    private readonly socket: Socket,
    private readonly options: LineOptions,
  ) {
    this.address = plainHost(socket.remoteAddress ?? '');
    this.reader = new LineReader(options.lineBytesMax);
    socket.on('error', () => socket.destroy()); // 'close' follows
  }

  start({ onLine, onClosed }: LineCallbacks): void {
    const { socket, reader } = this;
    if (socket.destroyed) return void setImmediate(onClosed);
    socket.once('close', onClosed);
    socket.on('end', () => socket.end());
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk, (line) => {
        if (!socket.writableEnded) onLine('text' in line ? line.text : null);
      });
    });
  }

  /** Bytes that have not been sent. */
  get waitingBytes(): number {
    return this.socket.writableLength;
  }

  /** Sets the bound for the following lines. */
  allow(lineBytesMax: number): void {
    this.reader.allow(lineBytesMax);
    this.options.onAllowed();
  }

  write(bytes: Uint8Array): void {
    if (!this.socket.writableEnded) this.socket.write(bytes);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Closes when the written bytes have been sent, or at the latest after `closeTimeoutMs`. */
  close(): void {
    const { socket } = this;
    socket.end();
    socket.resume(); // the end of the other side is noticed only by reading up to it
    const linger = setTimeout(() => socket.destroy(), LIMITS.closeTimeoutMs);
    socket.once('close', () => clearTimeout(linger));
  }

  destroy(): void {
    this.socket.destroy();
  }
}

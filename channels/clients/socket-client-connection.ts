// A client connection over WebSocket. `ws` reads; encoded frames are written directly to the stream below it.

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { LIMITS } from '../../protocols/kit/limits.js';
import { limitBytesRead } from '../../runtime/net/gate/read-limit.js';
import type { ClientConnection, ClientConnectionCallbacks } from './client-connection.js';

const OPEN = 1;

/** `below`: the stream under the WebSocket. `admit`: tells the listener that the client has entered. */
export interface SocketPlace {
  readonly below: Duplex;
  readonly admit: () => void;
}

export class SocketClientConnection implements ClientConnection {
  readonly transport = 'ws';
  private frameBytesMax: number = LIMITS.channelEntryFrameBytes;
  private readonly below: Duplex;
  private liftLimit = (): void => undefined;

  /** Compression must be off, so that writes to the stream below fall between the frames of the WebSocket. */
  constructor(
    private readonly socket: WebSocket,
    private readonly place: SocketPlace,
  ) {
    this.below = place.below;
  }

  start({ onText, onClosed }: ClientConnectionCallbacks): void {
    this.socket.on('message', (data, isBinary) => {
      const isAcceptable = data instanceof Buffer && !isBinary && data.length <= this.frameBytesMax;
      onText(isAcceptable ? data.toString() : null);
    });
    this.socket.on('error', () => undefined); // 'close' follows
    this.socket.on('close', onClosed);
    // `ws` buffers whole messages up to the limit for entered clients. Before the entry, fewer bytes are read.
    this.liftLimit = limitBytesRead(this.below, LIMITS.channelEntryBytes, () => onText(null));
  }

  get waitingBytes(): number {
    return this.below.writableLength;
  }

  write(bytes: Buffer): void {
    if (this.socket.readyState === OPEN) this.below.write(bytes);
  }

  allowLargeFrames(): void {
    this.liftLimit();
    this.place.admit();
    this.frameBytesMax = LIMITS.channelClientFrameBytes;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    this.socket.close();
    // A client that does not answer the close must not hold the connection for long.
    const linger = setTimeout(() => this.socket.terminate(), LIMITS.closeTimeoutMs);
    this.socket.once('close', () => clearTimeout(linger));
  }

  destroy(): void {
    this.socket.terminate();
  }
}

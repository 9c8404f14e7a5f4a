// A client connection over WebSocket. `ws` reads; encoded frames are written directly to the stream below it.

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { ClientConnection, ClientConnectionCallbacks } from './client-connection.js';

const OPEN = 1;

export class SocketClientConnection implements ClientConnection {
  readonly transport = 'ws';
  private frameBytesMax: number = LIMITS.channelEntryFrameBytes;
  /** Stops counting the bytes that were read. */
  private stopCounting = (): void => undefined;

  /** `below`: the stream under the WebSocket. Compression must be off, so that writes fall between its frames. */
  constructor(
    private readonly socket: WebSocket,
    private readonly below: Duplex,
  ) {}

  start({ onText, onClosed }: ClientConnectionCallbacks): void {
    this.socket.on('message', (data, isBinary) => {
      const isAcceptable = data instanceof Buffer && !isBinary && data.length <= this.frameBytesMax;
      onText(isAcceptable ? data.toString() : null);
    });
    this.socket.on('error', () => undefined); // 'close' follows
    this.socket.on('close', onClosed);
    this.limitEntryBytes(() => onText(null));
  }

  get waitingBytes(): number {
    return this.below.writableLength;
  }

  write(bytes: Buffer): void {
    if (this.socket.readyState === OPEN) this.below.write(bytes);
  }

  allowLargeFrames(): void {
    this.stopCounting();
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

  /** `ws` buffers whole messages up to the limit for entered clients. Before the entry, fewer bytes are read. */
  private limitEntryBytes(onTooMuch: () => void): void {
    let readBytes = 0;
    const count = (chunk: Buffer): void => {
      readBytes += chunk.length;
      if (readBytes <= LIMITS.channelEntryBytes) return;
      this.stopCounting();
      onTooMuch();
    };
    this.stopCounting = () => void this.below.off('data', count);
    this.below.on('data', count);
  }
}

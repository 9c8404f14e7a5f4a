// A visitor who came by WebSocket. `ws` reads; frames that are bytes already go straight to the connection below.

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { ClientConnection, ClientConnectionCallbacks } from './client-connection.js';

const OPEN = 1;

export class SocketClientConnection implements ClientConnection {
  readonly wire = 'ws';
  private frameBytesMax: number = LIMITS.channelEntryFrameBytes;
  /** Stops counting what is read. */
  private stopCounting = (): void => undefined;

  /** `below`: what the WebSocket speaks over. Compression must be off: then its frames are whole wherever we write. */
  constructor(
    private readonly socket: WebSocket,
    private readonly below: Duplex,
  ) {}

  start({ onText, onClosed }: ClientConnectionCallbacks): void {
    this.socket.on('message', (data, isBinary) => {
      const isFit = data instanceof Buffer && !isBinary && data.length <= this.frameBytesMax;
      onText(isFit ? data.toString() : null);
    });
    this.socket.on('error', () => undefined); // 'close' follows and says all there is to say
    this.socket.on('close', onClosed);
    this.boundEntry(() => onText(null));
  }

  get waitingBytes(): number {
    return this.below.writableLength;
  }

  write(bytes: Buffer): void {
    if (this.socket.readyState === OPEN) this.below.write(bytes);
  }

  widen(): void {
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
    // Whoever does not close in turn keeps nothing of ours for long.
    const linger = setTimeout(() => this.socket.terminate(), LIMITS.lingerMs);
    this.socket.once('close', () => clearTimeout(linger));
  }

  destroy(): void {
    this.socket.terminate();
  }

  /** `ws` gathers whole messages, as large as those of people who are inside. Of a stranger we do not read so much. */
  private boundEntry(onTooMuch: () => void): void {
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

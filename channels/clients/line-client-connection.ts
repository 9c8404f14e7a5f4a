// A client connection over TCP, with one JSON object a line.

import { LIMITS } from '../../protocols/kit/limits.js';
import type { LineConnection } from '../../runtime/net/line-listener.js';
import type { ClientConnection, ClientConnectionCallbacks } from './client-connection.js';

export class LineClientConnection implements ClientConnection {
  readonly transport = 'tcp';

  constructor(private readonly line: LineConnection) {}

  start({ onText, onClosed }: ClientConnectionCallbacks): void {
    this.line.start({ onLine: onText, onClosed });
  }

  get waitingBytes(): number {
    return this.line.waitingBytes;
  }

  write(bytes: Buffer): void {
    this.line.write(bytes);
  }

  allowLargeFrames(): void {
    this.line.allow(LIMITS.channelClientFrameBytes);
  }

  pause(): void {
    this.line.pause();
  }

  resume(): void {
    this.line.resume();
  }

  close(): void {
    this.line.close();
  }

  destroy(): void {
    this.line.destroy();
  }
}

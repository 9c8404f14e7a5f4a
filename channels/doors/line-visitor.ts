// A visitor who came by TCP: one JSON object a line.

import { LIMITS } from '../../protocols/kit/limits.js';
import type { LineConnection } from '../../runtime/net/line-listener.js';
import type { Connection, ConnectionCallbacks } from './connection.js';

export class LineVisitor implements Connection {
  readonly wire = 'tcp';

  constructor(private readonly line: LineConnection) {}

  start({ onText, onClosed }: ConnectionCallbacks): void {
    this.line.start({ onLine: onText, onClosed });
  }

  get waitingBytes(): number {
    return this.line.waitingBytes;
  }

  write(bytes: Buffer): void {
    this.line.write(bytes);
  }

  widen(): void {
    this.line.allow(LIMITS.visitorFrameBytes);
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

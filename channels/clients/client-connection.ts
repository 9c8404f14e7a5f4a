// One client's connection, for any transport.

import type { ClientTransport } from './frame-encoding.js';

export interface ClientConnection {
  readonly transport: ClientTransport;
  /** Bytes that have not left yet. */
  readonly waitingBytes: number;
  /** The bytes are shared with other connections; they must not be changed. */
  write(bytes: Buffer): void;
  /** The client has entered: its frames may be large. */
  allowLargeFrames(): void;
  pause(): void;
  resume(): void;
  /** Closes after the written bytes have left, or after a time limit. */
  close(): void;
  destroy(): void;
}

export interface ClientConnectionCallbacks {
  /** `null`: the frame was too large or not text. */
  readonly onText: (text: string | null) => void;
  readonly onClosed: () => void;
}

// One visitor's connection, whatever the door.

import type { ClientTransport } from './frame-encoding.js';

export interface ClientConnection {
  readonly wire: ClientTransport;
  /** Bytes that have not left. */
  readonly waitingBytes: number;
  /** The bytes are shared with others. */
  write(bytes: Buffer): void;
  /** The visitor has entered: frames may be large. */
  widen(): void;
  pause(): void;
  resume(): void;
  /** Closes when what was written has left, or could not leave in time. */
  close(): void;
  destroy(): void;
}

export interface ClientConnectionCallbacks {
  /** `null`: it was too large, or no text. */
  readonly onText: (text: string | null) => void;
  readonly onClosed: () => void;
}

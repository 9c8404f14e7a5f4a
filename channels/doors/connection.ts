// One visitor's connection, whatever the door.

import type { Wire } from './wire-form.js';

export interface Connection {
  readonly wire: Wire;
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

export interface ConnectionCallbacks {
  /** `null`: it was too large, or no text. */
  readonly onText: (text: string | null) => void;
  readonly onClosed: () => void;
}

// Everything the terminal and scripts use of the process: three streams, a clock, signals. Tests pass their own.

import type { Readable, Writable } from 'node:stream';
import type { Instant } from '../../protocols/kit/machine.js';

export interface AlarmClock {
  now(): Instant;
  /** Rings once, at that time or as soon as possible after it. Returns the function that cancels it. */
  wake(at: Instant, ring: () => void): () => void;
}

/** The stream that people read. `columns`: the width of the terminal now. */
export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/** The width to which lines are wrapped; undefined for a file or a pipe, which gets whole lines. */
export function columnsOf({ isTTY, columns }: Output): number | undefined {
  return isTTY === true ? columns : undefined;
}

export interface Host {
  readonly input: Readable & { isTTY?: boolean; setRawMode?: (isRaw: boolean) => unknown };
  readonly output: Output;
  readonly errors: Writable;
  readonly clock: AlarmClock;
  /** An IANA time zone, or undefined for that of the machine. */
  readonly zone: string | undefined;
  /** True if the terminal shows 256 colours and NO_COLOR is not set. */
  readonly hasColours: boolean;
  /** True if the terminal can move its cursor (TERM is not dumb). */
  readonly hasCursor: boolean;
  /** The value of KITH_PASSPHRASE, if set. */
  readonly passphrase: string | undefined;
  /** Calls the listener for every SIGINT. */
  onInterrupt(listener: () => void): void;
  /** Calls the listener when the process ends, however that comes. It must not wait for anything. */
  onExit(listener: () => void): void;
  /** Suspends the foreground job of the terminal, like Ctrl+Z. Calls back when it continues. */
  suspend(resumed: () => void): void;
}

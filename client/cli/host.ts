// What a face touches of the world: three streams, a clock, an interrupt. Tests hand in their own.

import type { Readable, Writable } from 'node:stream';
import type { Instant } from '../../protocols/kit/machine.js';

export interface AlarmClock {
  now(): Instant;
  /** Rings once, at that time or as soon as possible after it. Answers with how to cancel. */
  wake(at: Instant, ring: () => void): () => void;
}

/** The stream people read. `columns`: as wide as the terminal is now. */
export type Output = Writable & { isTTY?: boolean; columns?: number };

export interface Host {
  readonly input: Readable & { isTTY?: boolean; setRawMode?: (isRaw: boolean) => unknown };
  readonly output: Output;
  readonly errors: Writable;
  readonly clock: AlarmClock;
  /** A time zone as IANA names it, or undefined for the machine's own. */
  readonly zone: string | undefined;
  /** True iff the terminal shows 256 colours and nobody said NO_COLOR. */
  readonly hasColours: boolean;
  /** True iff the terminal can move its cursor (TERM is not dumb). */
  readonly hasCursor: boolean;
  /** What KITH_PASSPHRASE says, where it says anything. */
  readonly passphrase: string | undefined;
  /** Calls the listener on every Ctrl+C that comes as a signal. */
  onInterrupt(listener: () => void): void;
  /** Stops everything in the foreground of the terminal, as Ctrl+Z does. Calls back once it goes on. */
  suspend(resumed: () => void): void;
}

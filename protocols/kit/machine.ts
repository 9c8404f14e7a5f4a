// The interface of every machine: inputs and the time go in, effects come out, and nothing else happens.

/** Milliseconds since 1970, UTC. The clock of `runtime/sources.ts` never runs backwards. */
export type Instant = number;

/**
 * A machine decides and performs nothing. It holds no socket, timer, clock, process or promise: the time is an
 * argument, an operational error is an input, and every action is an effect. Its driver calls `handle` for each input,
 * and with the machine's wake input no earlier than `wakeAt`.
 */
export interface Machine<Input, Effect> {
  handle(input: Input, now: Instant): Effect[];
  /** When the machine wants its wake input, or null if it waits only for other inputs. */
  wakeAt(): Instant | null;
}

/** The earlier of two wake times, where null means never. */
export function earlier(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null) return b;
  if (b === null) return a;
  return Math.min(a, b);
}

/** Throws on a bug of ours, which ends the program (CONTRIBUTING, errors). Never use it to check what a peer sent. */
export function assert(condition: boolean, promise: string): asserts condition {
  if (!condition) throw new Error(`broken promise: ${promise}`);
}

/** Makes a switch exhaustive: the code does not compile while a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`impossible value: ${JSON.stringify(value)}`);
}

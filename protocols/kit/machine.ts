// What every machine looks like: inputs and the time go in, effects come out, and nothing else happens.

/** Milliseconds since 1970, UTC. Runtime's clock never runs backwards (see `runtime/sources.ts`). */
export type Instant = number;

/**
 * A pure decision-maker. It holds no socket, timer, clock, random source, process or promise: time is an argument,
 * trouble outside is an input, everything it wants done is an effect. Whoever drives it calls `handle` for each input
 * and again, with the machine's own wake input, no earlier than `wakeAt`.
 */
export interface Machine<Input, Effect> {
  handle(input: Input, now: Instant): Effect[];
  /** When the machine wants to be woken next, or null if only an input can move it. */
  wakeAt(): Instant | null;
}

/** The earlier of two wake times, where null means never. */
export function earlier(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null) return b;
  if (b === null) return a;
  return Math.min(a, b);
}

/** A fault of ours: throws, and so ends the program (CONTRIBUTING, errors). Never call it on what a peer sent. */
export function assert(condition: boolean, promise: string): asserts condition {
  if (!condition) throw new Error(`broken promise: ${promise}`);
}

/** Makes a switch exhaustive: it does not compile while a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`impossible value: ${JSON.stringify(value)}`);
}

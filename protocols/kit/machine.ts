// The interface of every machine: inputs and the time go in, effects come out, and nothing else happens. The inline
// driver runs a machine inside a part of the engine, a terminal or a page.

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

export interface InlineDriverOptions<Input, Effect> {
  readonly machine: Machine<Input, Effect>;
  readonly now: () => Instant;
  /** The input that wakes the machine at its `wakeAt`. */
  readonly wakeInput: Input;
  /** Performs one effect. Inputs that it puts wait until the effects before them are performed. */
  readonly perform: (effect: Effect) => void;
  /** Replaces the last alarm of this machine; null: no alarm. `ring` wakes the machine. */
  readonly setAlarm: (at: Instant | null, ring: () => void) => void;
}

/**
 * Runs a machine that has no store of its own: `put` handles an input and performs its effects before it returns. A
 * machine that owns a store is run by `Driver` in `runtime`, which performs effects only after a commit.
 */
export class InlineDriver<Input, Effect> {
  private readonly waiting: Input[] = [];
  private isHandling = false;

  constructor(private readonly options: InlineDriverOptions<Input, Effect>) {}

  put(input: Input): void {
    const { machine, wakeInput, setAlarm } = this.options;
    this.waiting.push(input);
    if (this.isHandling) return;
    this.isHandling = true;
    try {
      while (this.waiting.length > 0) this.handle(this.waiting.shift() as Input);
    } finally {
      this.isHandling = false; // otherwise an effect that throws would stop the machine for good
    }
    setAlarm(machine.wakeAt(), () => this.put(wakeInput));
  }

  private handle(input: Input): void {
    const { machine, now, perform } = this.options;
    for (const effect of machine.handle(input, now())) perform(effect);
  }
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

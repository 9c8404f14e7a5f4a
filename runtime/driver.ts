// Drives one machine: all inputs of one turn of the event loop are decided in ONE transaction, and no effect is
// performed before that transaction has been committed. This is where "on disk before anybody hears of it" (G1)
// lives.

import type { Instant, Machine } from '../protocols/kit/machine.js';
import { LIMITS } from '../protocols/kit/limits.js';
import type { Clock } from './sources.js';

/** What the machine decides about. `Database` of `sqlite.ts` is one; a store in memory may simply call `work`. */
interface TransactionStore {
  transaction<T>(work: () => T): T;
}

export interface DriverOptions<Input, Effect> {
  readonly machine: Machine<Input, Effect>;
  readonly store: TransactionStore;
  /** Carries out one committed effect. Whatever goes wrong outside comes back as an input; it must not throw. */
  readonly perform: (effect: Effect) => void;
  readonly clock: Clock;
  /** The input that wakes the machine at its `wakeAt`. */
  readonly wakeInput: Input;
  /** Given to the machine at the end of every turn, in its transaction: what a turn gathered can leave together. */
  readonly endOfTickInput?: Input;
  /**
   * A machine or a commit failed. The transaction was rolled back and nothing of it was performed; but the machine's
   * own memory may be ahead of the store now, so the Driver has stopped. `lost`: the inputs that were not committed,
   * in order. Either end the program, or read a new machine from the store and give it a new Driver.
   */
  readonly onFault: (error: unknown, lost: readonly Input[]) => void;
  /** `high`: stop reading from sockets, too much waits. `low`: read again. */
  readonly onBacklog?: (level: 'high' | 'low') => void;
  /** False: waiting for the next wake does not keep the process alive. Default true. */
  readonly keepsProcess?: boolean;
}

export class Driver<Input, Effect> {
  private waiting: Input[] = [];
  private turn: NodeJS.Immediate | null = null;
  private timer: { at: Instant; handle: NodeJS.Timeout } | null = null;
  private crowded = false;
  private stopped = false;

  constructor(private readonly options: DriverOptions<Input, Effect>) {
    this.setTimer();
  }

  /** How many inputs wait to be handled. */
  get backlog(): number {
    return this.waiting.length;
  }

  /** True between `high` and `low`: whoever cannot be paused (datagrams) should drop what comes. */
  get isOverloaded(): boolean {
    return this.crowded;
  }

  /** Takes an input; it is handled later in this turn of the event loop, or in the next. Ignored once stopped. */
  put(input: Input): void {
    if (this.stopped) return;
    this.waiting.push(input);
    this.turn ??= setImmediate(() => this.takeTurn());
    if (this.crowded || this.waiting.length < LIMITS.driverBacklogHigh) return;
    this.crowded = true;
    this.options.onBacklog?.('high');
  }

  /** Handles everything that waits, now, instead of turn by turn: for a clean end. */
  flush(): void {
    while (this.waiting.length > 0) this.takeTurn();
  }

  /** Handles nothing any more and lets go of the timer. What waits is dropped. */
  stop(): void {
    this.stopped = true;
    this.waiting = [];
    if (this.turn) clearImmediate(this.turn);
    if (this.timer) clearTimeout(this.timer.handle);
    this.turn = null;
    this.timer = null;
  }

  private takeTurn(): void {
    if (this.turn) clearImmediate(this.turn);
    this.turn = null;
    const effects = this.commit();
    if (effects === null) return;
    for (const effect of effects) this.options.perform(effect);
    this.afterTurn();
  }

  /** The effects of a turn that is on the disk now, or null where it could not get there. */
  private commit(): Effect[] | null {
    try {
      const { effects, handled } = this.options.store.transaction(() => this.decide());
      this.waiting = this.waiting.slice(handled);
      return effects;
    } catch (error) {
      this.fail(error);
      return null;
    }
  }

  /** Handles waiting inputs until all are done, or the turn has lasted long enough for others to have theirs. */
  private decide(): { effects: Effect[]; handled: number } {
    const { machine, clock } = this.options;
    const effects: Effect[] = [];
    const most = Math.min(this.waiting.length, LIMITS.driverInputsPerTick);
    const startedAt = clock.now();
    let handled = 0;
    for (let now = startedAt; handled < most && now - startedAt < LIMITS.driverTickMs; now = clock.now()) {
      const input = this.waiting[handled] as Input; // in range; an input may itself be undefined
      for (const effect of machine.handle(input, now)) effects.push(effect);
      handled += 1;
    }
    const { endOfTickInput: lastInput } = this.options;
    if (lastInput !== undefined) for (const effect of machine.handle(lastInput, clock.now())) effects.push(effect);
    return { effects, handled };
  }

  private afterTurn(): void {
    if (this.stopped) return;
    if (this.waiting.length > 0) this.turn ??= setImmediate(() => this.takeTurn());
    if (this.crowded && this.waiting.length <= LIMITS.driverBacklogLow) {
      this.crowded = false;
      this.options.onBacklog?.('low');
    }
    this.setTimer();
  }

  private fail(error: unknown): void {
    const lost = this.waiting;
    this.stop();
    this.options.onFault(error, lost);
  }

  private setTimer(): void {
    const at = this.options.machine.wakeAt();
    // Timers of the host stand still while the machine sleeps: what is due by now is not left to one of them.
    if (this.timer?.at === at && at !== null && at > this.options.clock.now()) return;
    if (this.timer) clearTimeout(this.timer.handle);
    this.timer = null;
    if (at === null) return;
    const waitMs = Math.min(Math.max(at - this.options.clock.now(), 1), LIMITS.driverTimerMs);
    const handle = setTimeout(() => this.ring(), waitMs);
    if (this.options.keepsProcess === false) handle.unref();
    this.timer = { at, handle };
  }

  private ring(): void {
    const due = this.timer !== null && this.timer.at <= this.options.clock.now();
    this.timer = null;
    if (due) this.put(this.options.wakeInput);
    else this.setTimer(); // a long wait comes in pieces, and timers of the host may ring a little early
  }
}

// Runs one machine. All inputs of one tick of the event loop are decided in ONE transaction, and no effect is performed
// before that transaction has committed. This keeps the promise "on disk before anyone learns of it" (G1).

import type { Instant, Machine } from '../protocols/kit/machine.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { isFileLocked } from './operational-error.js';
import { clock as systemClock, type Clock } from './sources.js';

/** What a machine decides about: `Database` of `sqlite.ts`, or a store in memory. */
interface TransactionStore {
  transaction<T>(work: () => T): T;
}

export interface DriverOptions<Input, Effect> {
  readonly machine: Machine<Input, Effect>;
  /** Absent: the machine keeps nothing in a store, or writes it by an effect. */
  readonly store?: TransactionStore;
  /** Performs one committed effect. It must not throw: an operational error comes back as an input. */
  readonly perform: (effect: Effect) => void;
  /** Absent: the clock of the system. */
  readonly clock?: Clock;
  /** The input that wakes the machine at its `wakeAt`. */
  readonly wakeInput: Input;
  /** Given to the machine at the end of every tick, in its transaction: what a tick gathered can leave together. */
  readonly endOfTickInput?: Input;
  /**
   * A machine or a commit failed, or another program kept the store locked. The transaction was rolled back and none of
   * its effects was performed. The memory of the machine may be ahead of the store, so the Driver has stopped.
   * `uncommitted`: the inputs of that transaction and those behind it, in order. Either end the program, or build a new
   * machine from the store and give it a new Driver.
   */
  readonly onFault: (error: unknown, uncommitted: readonly Input[]) => void;
  /** True: too many inputs wait, stop reading from sockets. False: read again. */
  readonly onOverload?: (isOverloaded: boolean) => void;
  /** False: waiting for the next wake does not keep the process alive. Default true. */
  readonly keepsProcess?: boolean;
}

const NO_STORE: TransactionStore = { transaction: (work) => work() };

export class Driver<Input, Effect> {
  private readonly store: TransactionStore;
  private readonly clock: Clock;
  private waiting: Input[] = [];
  private tick: NodeJS.Immediate | null = null;
  private timer: { at: Instant; handle: NodeJS.Timeout } | null = null;
  private overloaded = false;
  private stopped = false;
  /** While another program has locked the store. */
  private retry: NodeJS.Timeout | null = null;
  private failedBegins = 0;

  constructor(private readonly options: DriverOptions<Input, Effect>) {
    this.store = options.store ?? NO_STORE;
    this.clock = options.clock ?? systemClock;
    this.setTimer();
  }

  /** How many inputs wait to be handled. */
  get backlog(): number {
    return this.waiting.length;
  }

  /** True between both calls of `onOverload`: a source that cannot be paused (datagrams) should be dropped. */
  get isOverloaded(): boolean {
    return this.overloaded;
  }

  /** Takes an input, which is handled later in this tick or in the next one. Ignored after `stop`. */
  put(input: Input): void {
    if (this.stopped) return;
    this.waiting.push(input);
    this.schedule();
    if (this.overloaded || this.waiting.length < LIMITS.driverBacklogHigh) return;
    this.overloaded = true;
    this.options.onOverload?.(true);
  }

  /** Handles all waiting inputs now. For a clean shutdown. */
  flush(): void {
    while (this.waiting.length > 0) this.runTick();
  }

  /** Drops the waiting inputs and handles no more. */
  stop(): void {
    this.stopped = true;
    this.waiting = [];
    if (this.tick) clearImmediate(this.tick);
    if (this.timer) clearTimeout(this.timer.handle);
    if (this.retry) clearTimeout(this.retry);
    this.tick = null;
    this.timer = null;
    this.retry = null;
  }

  private schedule(): void {
    if (this.retry !== null) return;
    this.tick ??= setImmediate(() => this.runTick());
  }

  private runTick(): void {
    if (this.tick) clearImmediate(this.tick);
    this.tick = null;
    const effects = this.commit();
    if (effects === null) return;
    for (const effect of effects) this.options.perform(effect);
    this.finishTick();
  }

  /** The effects of a committed transaction, or null if it failed or could not begin. */
  private commit(): Effect[] | null {
    let hasBegun = false;
    try {
      const { effects, handled } = this.store.transaction(() => {
        hasBegun = true;
        return this.decide();
      });
      this.waiting = this.waiting.slice(handled);
      this.failedBegins = 0;
      return effects;
    } catch (error) {
      if (!hasBegun && this.mayBeginLater(error)) this.retryLater();
      else this.fail(error);
      return null;
    }
  }

  /** Another program has locked the store. The machine has seen no input, so nothing is lost by waiting. */
  private mayBeginLater(error: unknown): boolean {
    this.failedBegins += 1;
    return isFileLocked(error) && this.failedBegins < LIMITS.driverBeginsMax;
  }

  private retryLater(): void {
    if (this.retry) clearTimeout(this.retry);
    this.retry = setTimeout(() => {
      this.retry = null;
      this.schedule();
    }, LIMITS.driverRetryMs);
  }

  /** Handles waiting inputs until all are done, or until the tick has lasted long enough. */
  private decide(): { effects: Effect[]; handled: number } {
    const { clock } = this;
    const { machine, endOfTickInput } = this.options;
    const effects: Effect[] = [];
    const most = Math.min(this.waiting.length, LIMITS.driverInputsPerTick);
    const startedAt = clock.now();
    let handled = 0;
    for (let now = startedAt; handled < most && now - startedAt < LIMITS.driverTickMs; now = clock.now()) {
      const input = this.waiting[handled] as Input; // in range; an input may itself be undefined
      for (const effect of machine.handle(input, now)) effects.push(effect);
      handled += 1;
    }
    if (endOfTickInput !== undefined)
      for (const effect of machine.handle(endOfTickInput, clock.now())) effects.push(effect);
    return { effects, handled };
  }

  private finishTick(): void {
    if (this.stopped) return;
    if (this.waiting.length > 0) this.schedule();
    if (this.overloaded && this.waiting.length <= LIMITS.driverBacklogLow) {
      this.overloaded = false;
      this.options.onOverload?.(false);
    }
    this.setTimer();
  }

  private fail(error: unknown): void {
    const uncommitted = this.waiting;
    this.stop();
    this.options.onFault(error, uncommitted);
  }

  private setTimer(): void {
    const { clock } = this;
    const at = this.options.machine.wakeAt();
    // Timers stand still while the computer sleeps, so a wake that is due by now is not left to a running timer.
    if (this.timer?.at === at && at !== null && at > clock.now()) return;
    if (this.timer) clearTimeout(this.timer.handle);
    this.timer = null;
    if (at === null) return;
    const waitMs = Math.min(Math.max(at - clock.now(), 1), LIMITS.driverTimerMs);
    const handle = setTimeout(() => this.timerFired(), waitMs);
    if (this.options.keepsProcess === false) handle.unref();
    this.timer = { at, handle };
  }

  private timerFired(): void {
    const isDue = this.timer !== null && this.timer.at <= this.clock.now();
    this.timer = null;
    if (isDue) this.put(this.options.wakeInput);
    else this.setTimer(); // a long wait comes in pieces, and a timer may fire a little early
  }
}

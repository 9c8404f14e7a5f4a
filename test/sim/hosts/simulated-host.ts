// A simulated host: runs one program in batches like `runtime/driver.ts`, and may crash at any point between.

import type { Instant, Machine } from '../../../protocols/kit/machine.js';
import type { Random } from '../kernel/random.js';
import type { RunContext } from '../network/network-model.js';
import { ProcessCrash, Incarnation } from './incarnation.js';

/** A program: creates its machine, owns the store that survives, and performs effects. */
export interface SimulatedProgram<Input, Effect> {
  readonly node: string;
  readonly store: { transaction<T>(work: () => T): T };
  readonly wakeInput: Input;
  /** The last input of every batch, if any. */
  readonly lastInput: Input | null;
  /** Creates the machine from the store. Runs inside a transaction. */
  boot(now: Instant): Machine<Input, Effect>;
  /** A new incarnation started. */
  started(incarnation: Incarnation, put: (input: Input) => void): void;
  perform(effect: Effect): void;
  /** `flushed`: sent data still leaves, as after a kill of the process only. */
  stopped(flushed: boolean): void;
  /** Called after all effects of a turn were performed. */
  turnEnded(): void;
}

/** Timing and fault rates of a host. Probabilities are per turn. */
export interface HostSettings {
  batchMax: number;
  turnDelayMs: number;
  /** Offset of the wall clock. The program sees it move forward only, as with `runtime/sources.ts`. */
  clockSkewMs: number;
  crashAtTurn: number;
  /** Planted fault: effects are performed before the commit. */
  performsEarly: boolean;
}

type CrashPlan = { at: 'never' } | { at: 'commit' } | { at: 'effect'; nth: number };

export class SimulatedHost<Input, Effect> {
  private incarnation: Incarnation | null = null;
  private machine: Machine<Input, Effect> | null = null;
  private inbox: Input[] = [];
  private isTurnPlanned = false;
  private wakePlannedAt: Instant | null = null;
  private pausedUntil = 0;
  /** The last time that the program read, and when it read it. */
  private clock = { read: 0, when: 0 };
  private readonly random: Random;

  constructor(
    private readonly run: RunContext,
    private readonly program: SimulatedProgram<Input, Effect>,
    readonly settings: HostSettings,
    private readonly crashed: () => void,
  ) {
    this.random = run.random.fork(`host ${program.node}`);
  }

  get isUp(): boolean {
    return this.incarnation !== null;
  }

  start(): void {
    if (this.incarnation) return;
    const incarnation = new Incarnation(this.run.timeline);
    this.incarnation = incarnation;
    this.clock = { read: 0, when: this.run.timeline.now };
    this.run.trace.note(this.program.node, 'starts');
    this.guard(() => {
      this.machine = this.program.store.transaction(() => this.program.boot(this.now()));
      this.program.started(incarnation, (input) => this.put(input));
    });
    this.planWake();
  }

  put(input: Input): void {
    if (!this.incarnation) return;
    this.inbox.push(input);
    this.planTurn();
  }

  /** Pauses the process, as under a debugger or on a sleeping laptop. */
  pause(ms: number): void {
    this.pausedUntil = this.run.timeline.now + ms;
    this.run.tally.add('pauses');
  }

  /** Shifts the wall clock, as when it is set or the machine slept. `isNoticed`: due timers fire. */
  shiftClock(ms: number, isNoticed: boolean): void {
    this.settings.clockSkewMs += ms;
    this.run.trace.note(this.program.node, 'clock moves by', `${ms} ms`);
    if (isNoticed) this.put(this.program.wakeInput);
  }

  /** Stops in an orderly way and starts again at once. */
  restart(): void {
    if (!this.incarnation) return;
    this.end(true);
    this.start();
  }

  crash(): void {
    if (!this.incarnation) return;
    const flushed = this.random.chance(0.5);
    this.run.trace.note(this.program.node, flushed ? 'crashes' : 'crashes, loses what it had sent');
    this.end(flushed);
    this.crashed();
  }

  private end(flushed: boolean): void {
    if (!this.incarnation) return;
    this.incarnation.hasEnded = true;
    this.incarnation = null;
    this.machine = null;
    this.inbox = [];
    this.isTurnPlanned = false;
    this.wakePlannedAt = null;
    this.program.stopped(flushed);
  }

  private now(): Instant {
    const when = this.run.timeline.now;
    const read = Math.max(when + this.settings.clockSkewMs, this.clock.read + (when - this.clock.when));
    this.clock = { read, when };
    return Math.floor(read);
  }

  private planTurn(): void {
    if (this.isTurnPlanned) return;
    this.isTurnPlanned = true;
    const wait = Math.max(this.pausedUntil - this.run.timeline.now, 0);
    this.incarnation?.after(wait + this.random.skewed(0.1, this.settings.turnDelayMs), () => this.turn());
  }

  private turn(): void {
    this.isTurnPlanned = false;
    if (this.pausedUntil > this.run.timeline.now) return this.planTurn();
    const batch = this.inbox.splice(0, this.random.whole(1, this.settings.batchMax));
    if (this.inbox.length > 0) this.planTurn();
    this.run.tally.add('turns');
    const incarnation = this.incarnation;
    this.guard(() => this.runBatch(batch));
    if (this.incarnation !== incarnation) return;
    this.program.turnEnded();
    this.planWake();
  }

  /** Runs one turn. A crash inside a transaction and one just before its commit are equivalent. */
  private runBatch(batch: readonly Input[]): void {
    const plan = this.crashPlan();
    const decide = () => {
      const effects = this.decide(batch);
      if (this.settings.performsEarly) this.performAll(effects, plan);
      if (plan.at === 'commit') throw new ProcessCrash('crashes at effects');
      return effects;
    };
    const effects = this.program.store.transaction(decide);
    if (!this.settings.performsEarly) this.performAll(effects, plan);
  }

  private decide(batch: readonly Input[]): Effect[] {
    const machine = this.machine;
    if (!machine) throw new ProcessCrash('crashes at effects');
    const inputs = this.program.lastInput === null ? batch : [...batch, this.program.lastInput];
    return inputs.flatMap((input) => {
      this.run.trace.note(this.program.node, '<', input);
      return machine.handle(input, this.now());
    });
  }

  private performAll(effects: readonly Effect[], plan: CrashPlan): void {
    const last = plan.at === 'effect' ? Math.min(plan.nth, effects.length) : effects.length;
    for (const effect of effects.slice(0, last)) {
      this.run.trace.note(this.program.node, '>', effect);
      this.program.perform(effect);
    }
    if (plan.at === 'effect') throw new ProcessCrash('crashes at effects');
  }

  private crashPlan(): CrashPlan {
    if (!this.random.chance(this.settings.crashAtTurn)) return { at: 'never' };
    if (this.random.chance(0.4)) return { at: 'commit' };
    return { at: 'effect', nth: this.random.whole(0, 4) };
  }

  /** A simulated crash ends the incarnation; any other error is a violation. */
  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof ProcessCrash) this.run.tally.add(error.counted);
      else this.run.fail(`[fault] ${this.program.node}: ${error instanceof Error ? error.stack : String(error)}`);
      this.crash();
    }
  }

  private planWake(): void {
    const at = this.machine?.wakeAt() ?? null;
    // A wake that is already due was scheduled before the clock was shifted.
    if (at === null || (at === this.wakePlannedAt && at > this.now())) return;
    this.wakePlannedAt = at;
    this.incarnation?.after(at - this.now(), () => this.wake(at));
  }

  /** Ignores outdated wakes: only the latest scheduled one counts. */
  private wake(at: Instant): void {
    if (this.wakePlannedAt !== at) return;
    this.wakePlannedAt = null;
    this.put(this.program.wakeInput);
  }
}

// Brings about the disasters of a seed until it is told to rest, and then mends what would not mend by itself.

import type { Random } from '../kernel/random.js';
import type { RunContext } from '../network/network-model.js';
import type { MachineFaults } from './machine-faults.js';

/** Something with a clock of its own. */
export interface ClockedHost {
  shiftClock(ms: number, isNoticed: boolean): void;
  restart(): void;
}

/** A user's computer. */
export interface MachineTarget {
  readonly host: ClockedHost;
  readonly disk: { isFull: boolean };
  takeCopy(): void;
  /** Does nothing where there is no copy. */
  restoreCopy(random: Random): void;
}

export interface MachineTargets {
  readonly machines: readonly MachineTarget[];
  readonly server: ClockedHost;
  /** Everybody is about to sleep for longer than letters are held. */
  readonly beforeMonth: () => void;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MONTH = 31 * 24 * HOUR;

export class MachineFaultInjector {
  private isStopped = false;
  private readonly random: Random;
  /** A process whose clock was ahead stays ahead when it is set right: nobody it knows can link with it for as long. */
  private readonly everShifted = new Set<ClockedHost>();
  /** How wrong each clock is. */
  private readonly shiftMs = new Map<ClockedHost, number>();

  constructor(
    private readonly run: RunContext,
    private readonly faults: MachineFaults,
    private readonly targets: MachineTargets,
  ) {
    this.random = run.random.fork('ruin');
  }

  start(): void {
    const { faults: disasters, random } = this;
    const { machines, server } = this.targets;
    for (const computer of machines) this.repeat(disasters.copyMs, () => computer.takeCopy());
    this.repeat(disasters.lossMs, () => random.pick(machines).restoreCopy(random));
    this.repeat(disasters.clockMs, () => this.shiftClock(random.pick([server, ...machines.map(({ host }) => host)])));
    this.repeat(disasters.monthMs, () => this.sleepMonth());
    this.repeat(disasters.fullDiskMs, () => this.fillDisk(random.pick(machines)));
  }

  /** Clocks that are wrong are set right: who was ahead goes on being ahead until the next start. */
  stop(): void {
    this.isStopped = true;
    for (const computer of this.targets.machines) computer.disk.isFull = false;
    for (const clocked of this.everShifted) {
      this.resetClock(clocked);
      clocked.restart();
    }
  }

  private repeat(meanMs: number | null, strike: () => void): void {
    if (meanMs === null) return;
    const wait = () => (this.isStopped ? null : this.random.between(0, 2 * meanMs));
    this.run.timeline.every(wait, () => {
      if (!this.isStopped) strike();
    });
  }

  private fillDisk(computer: MachineTarget): void {
    computer.disk.isFull = true;
    this.run.timeline.after(this.durationMs(), () => (computer.disk.isFull = false));
  }

  /** Sets a clock wrong, forward mostly, and right again after a while. */
  private shiftClock(clocked: ClockedHost): void {
    // A name server a month ahead lets go of what it holds, and its writers believe for a month that it has it.
    const jumps = [MINUTE, HOUR, 30 * HOUR, -HOUR];
    const ms = this.random.pick(clocked === this.targets.server ? jumps : [...jumps, MONTH]);
    this.run.tally.add('clock jumps');
    this.everShifted.add(clocked);
    this.shiftMs.set(clocked, (this.shiftMs.get(clocked) ?? 0) + ms);
    clocked.shiftClock(ms, this.random.chance(0.5));
    this.run.timeline.after(this.durationMs(), () => this.resetClock(clocked));
  }

  private resetClock(clocked: ClockedHost): void {
    const ms = this.shiftMs.get(clocked);
    this.shiftMs.delete(clocked);
    if (ms !== undefined) clocked.shiftClock(-ms, false);
  }

  /** All machines sleep, and wake a month later. */
  private sleepMonth(): void {
    this.run.tally.add('months');
    this.targets.beforeMonth();
    const { machines, server } = this.targets;
    for (const host of [server, ...machines.map(({ host }) => host)]) host.shiftClock(MONTH, this.random.chance(0.5));
  }

  private durationMs(): number {
    return this.random.skewed(50, this.faults.durationMsMax);
  }
}

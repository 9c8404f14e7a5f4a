// Injects the machine faults of a seed until it is stopped, then repairs what does not recover by itself.

import type { Random } from '../kernel/random.js';
import type { RunContext } from '../network/network-model.js';
import type { MachineFaults } from './machine-faults.js';

/** A host with a wall clock. */
export interface ClockedHost {
  shiftClock(ms: number, isNoticed: boolean): void;
  restart(): void;
}

/** The machine of a user. */
export interface MachineTarget {
  readonly host: ClockedHost;
  readonly disk: { isFull: boolean };
  takeCopy(): void;
  /** Does nothing if there is no copy. */
  restoreCopy(random: Random): void;
}

export interface MachineTargets {
  readonly machines: readonly MachineTarget[];
  readonly server: ClockedHost;
  /** Called before all machines sleep for longer than letters are held. */
  readonly beforeMonth: () => void;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MONTH = 31 * 24 * HOUR;

export class MachineFaultInjector {
  private isStopped = false;
  private readonly random: Random;
  /** A process never sets its clock back, so after a jump ahead its friends cannot link with it until it restarts. */
  private readonly everShifted = new Set<ClockedHost>();
  /** Offset of each clock in ms. */
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

  /** Stops the injector, empties disks, resets clocks and restarts the processes whose clock jumped. */
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

  /** Shifts a clock, mostly forward, and resets it after a while. */
  private shiftClock(clocked: ClockedHost): void {
    // A name server a month ahead would discard held letters, while their senders count them as held for a month.
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

  /** All machines sleep for a month. */
  private sleepMonth(): void {
    this.run.tally.add('month-long sleeps');
    this.targets.beforeMonth();
    const { machines, server } = this.targets;
    for (const host of [server, ...machines.map(({ host }) => host)]) host.shiftClock(MONTH, this.random.chance(0.5));
  }

  private durationMs(): number {
    return this.random.skewed(50, this.faults.durationMsMax);
  }
}

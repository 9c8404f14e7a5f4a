// Brings about the disasters of a seed until it is told to rest, and then mends what would not mend by itself.

import type { Random } from '../kernel/random.js';
import type { Run } from '../network/ground.js';
import type { Disasters } from './disasters.js';

/** Something with a clock of its own. */
export interface Clocked {
  shiftClock(ms: number, isNoticed: boolean): void;
  restart(): void;
}

/** A user's computer. */
export interface Computer {
  readonly host: Clocked;
  readonly disk: { isFull: boolean };
  takeCopy(): void;
  /** Does nothing where there is no copy. */
  putBackCopy(random: Random): void;
}

export interface Ruined {
  readonly computers: readonly Computer[];
  readonly server: Clocked;
  /** Everybody is about to sleep for longer than letters are held. */
  readonly monthBegins: () => void;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MONTH = 31 * 24 * HOUR;

export class Ruin {
  private isResting = false;
  private readonly random: Random;
  /** A process whose clock was ahead stays ahead when it is set right: nobody it knows can link with it for as long. */
  private readonly everWrong = new Set<Clocked>();
  /** How wrong each clock is. */
  private readonly wrong = new Map<Clocked, number>();

  constructor(
    private readonly run: Run,
    private readonly disasters: Disasters,
    private readonly ruined: Ruined,
  ) {
    this.random = run.random.fork('ruin');
  }

  begin(): void {
    const { disasters, random } = this;
    const { computers, server } = this.ruined;
    for (const computer of computers) this.often(disasters.copyMs, () => computer.takeCopy());
    this.often(disasters.lossMs, () => random.pick(computers).putBackCopy(random));
    this.often(disasters.clockMs, () => this.misset(random.pick([server, ...computers.map(({ host }) => host)])));
    this.often(disasters.monthMs, () => this.month());
    this.often(disasters.fullDiskMs, () => this.fill(random.pick(computers)));
  }

  /** Clocks that are wrong are set right: who was ahead goes on being ahead until the next start. */
  rest(): void {
    this.isResting = true;
    for (const computer of this.ruined.computers) computer.disk.isFull = false;
    for (const clocked of this.everWrong) {
      this.setRight(clocked);
      clocked.restart();
    }
  }

  private often(meanMs: number | null, strike: () => void): void {
    if (meanMs === null) return;
    const wait = () => (this.isResting ? null : this.random.between(0, 2 * meanMs));
    this.run.timeline.every(wait, () => {
      if (!this.isResting) strike();
    });
  }

  private fill(computer: Computer): void {
    computer.disk.isFull = true;
    this.run.timeline.after(this.lasting(), () => (computer.disk.isFull = false));
  }

  /** Sets a clock wrong, forward mostly, and right again after a while. */
  private misset(clocked: Clocked): void {
    // A name server a month ahead lets go of what it holds, and its writers believe for a month that it has it.
    const jumps = [MINUTE, HOUR, 30 * HOUR, -HOUR];
    const ms = this.random.pick(clocked === this.ruined.server ? jumps : [...jumps, MONTH]);
    this.run.tally.add('clock jumps');
    this.everWrong.add(clocked);
    this.wrong.set(clocked, (this.wrong.get(clocked) ?? 0) + ms);
    clocked.shiftClock(ms, this.random.chance(0.5));
    this.run.timeline.after(this.lasting(), () => this.setRight(clocked));
  }

  private setRight(clocked: Clocked): void {
    const ms = this.wrong.get(clocked);
    this.wrong.delete(clocked);
    if (ms !== undefined) clocked.shiftClock(-ms, false);
  }

  /** All machines sleep, and wake a month later. */
  private month(): void {
    this.run.tally.add('months');
    this.ruined.monthBegins();
    const { computers, server } = this.ruined;
    for (const host of [server, ...computers.map(({ host }) => host)]) host.shiftClock(MONTH, this.random.chance(0.5));
  }

  private lasting(): number {
    return this.random.skewed(50, this.disasters.lastsMs);
  }
}

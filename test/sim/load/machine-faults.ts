// The machine faults of a seed: restored stale copies, clock jumps, a month asleep, full disks.

import type { Random } from '../kernel/random.js';

/** Mean times between two faults of a kind in ms, null for none. */
export interface MachineFaults {
  /** Between two backups of one disk. */
  readonly copyMs: number | null;
  /** Between two lost disks, each replaced by an old backup. */
  readonly lossMs: number | null;
  readonly clockMs: number | null;
  /** Between two sleeps of all machines for longer than the name server holds letters. */
  readonly monthMs: number | null;
  readonly fullDiskMs: number | null;
  /** Longest time that a disk stays full or a clock wrong. */
  readonly durationMsMax: number;
}

export const NO_MACHINE_FAULTS: MachineFaults = {
  copyMs: null,
  lossMs: null,
  clockMs: null,
  monthMs: null,
  fullDiskMs: null,
  durationMsMax: 0,
};

export function drawMachineFaults(random: Random): MachineFaults {
  const maybe = (probability: number, low: number, high: number) =>
    random.chance(probability) ? random.between(low, high) : null;
  const areCopiesPutBack = random.chance(0.5);
  return {
    copyMs: areCopiesPutBack ? random.pick([1_000, 5_000, 20_000]) : null,
    lossMs: areCopiesPutBack ? random.between(5_000, 40_000) : null,
    clockMs: maybe(0.25, 3_000, 30_000),
    monthMs: maybe(0.2, 10_000, 60_000),
    fullDiskMs: maybe(0.25, 3_000, 30_000),
    durationMsMax: random.pick([1_000, 8_000, 30_000]),
  };
}

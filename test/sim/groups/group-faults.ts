// What a seed draws: the number of users, the pace of their actions, and the faults that occur.

import type { Random } from '../kernel/random.js';

export interface GroupFaults {
  readonly users: number;
  readonly faultyMs: number;
  readonly paceMs: number;
  readonly delayMs: number;
  readonly downMs: number;
  /** The probability of each action or fault per step. */
  readonly crash: number;
  readonly crashAtEffect: number;
  readonly partition: number;
  readonly cut: number;
  readonly talk: number;
  readonly remove: number;
  readonly leave: number;
  readonly transfer: number;
  readonly byzantine: 'none' | 'leader' | 'member' | 'removed';
  /** How often a user replaces its device. A byzantine member has the old one. */
  readonly renew: number;
}

export function drawGroupFaults(random: Random, usersMax: number): GroupFaults {
  const maybe = (chance: number, high: number): number => (random.chance(chance) ? random.between(0, high) : 0);
  const faults: GroupFaults = {
    users: random.whole(3, usersMax > 8 && random.chance(0.2) ? usersMax : 6),
    faultyMs: random.between(20_000, 60_000),
    paceMs: random.skewed(80, 1_000),
    delayMs: random.skewed(2, 1_500),
    downMs: random.between(100, 15_000),
    crash: maybe(0.6, 0.08),
    crashAtEffect: maybe(0.5, 0.01),
    partition: maybe(0.7, 0.1),
    cut: maybe(0.6, 0.2),
    talk: random.between(0.1, 0.7),
    remove: maybe(0.8, 0.5),
    leave: maybe(0.4, 0.06),
    transfer: maybe(0.5, 0.15),
    byzantine: random.chance(0.6) ? 'none' : random.pick(['leader', 'member', 'removed'] as const),
    renew: 0,
  };
  const drawn = random.chance(0.25) ? { ...faults, ...drawChurn(random) } : faults;
  return { ...drawn, renew: maybe(0.5, 0.03) };
}

/** Membership changes often while links and processes fail: many entries are pending and configurations overlap. */
function drawChurn(random: Random): Partial<GroupFaults> {
  return {
    users: random.whole(3, 5),
    paceMs: random.between(80, 200),
    downMs: random.between(100, 3_000),
    crash: random.between(0, 0.1),
    partition: random.between(0.03, 0.15),
    talk: random.between(0.02, 0.15),
    remove: random.between(0.3, 0.7),
    transfer: random.between(0, 0.1),
    byzantine: random.pick(['none', 'none', 'leader'] as const),
  };
}

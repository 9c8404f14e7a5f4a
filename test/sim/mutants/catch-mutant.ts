// Searches for the first seed that breaks an expected guarantee with a planted fault and is clean without it.

import { ChatWorld, SMALL_BUDGET } from '../chat-world.js';
import { BUDGET_MUTANTS } from './budget-mutants.js';
import { CLIENT_MUTANTS } from './client-mutants.js';
import type { Mutant } from './mutant.js';
import { withFault } from './planted-method.js';
import { STALE_COPY_MUTANTS } from './stale-copy-mutants.js';
import { POST_MUTANTS } from './post-mutants.js';
import { SERVER_MUTANTS } from './server-mutants.js';

export const MUTANTS: readonly Mutant[] = [
  ...CLIENT_MUTANTS,
  ...STALE_COPY_MUTANTS,
  ...SERVER_MUTANTS,
  ...POST_MUTANTS,
  ...BUDGET_MUTANTS,
];

export interface CaughtMutant {
  readonly seed: number;
  readonly violation: string;
}

/** Null if no seed from `from` to `from + seeds` shows the fault. */
export function catchMutant(mutant: Mutant, from: number, seeds: number): CaughtMutant | null {
  const { planted, rules, hasPosts, hasBudgets, method } = mutant;
  const options = { hasPosts, ...(hasBudgets && { friendBytesPerDay: SMALL_BUDGET }) };
  for (let seed = from; seed < from + seeds; seed += 1) {
    const run = () => new ChatWorld(seed, { ...options, planted }).run();
    const { violations } = method ? withFault(method, run) : run();
    const violation = violations.find((each) => rules.some((rule) => each.startsWith(`[${rule}]`)));
    if (violation !== undefined && new ChatWorld(seed, options).run().violations.length === 0) {
      return { seed, violation: violation.split('\n')[0] ?? violation };
    }
  }
  return null;
}

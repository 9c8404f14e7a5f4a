// A planted fault, and the guarantees that it is expected to break.

import type { PlantedFaults } from '../hosts/planted-faults.js';
import type { PlantedMethod } from './planted-method.js';

/**
 * `rules`: only a violation of these counts as catching it. `isElusive`: may take up to 2000 seeds, so only
 * `npm run sim:mutants` runs it.
 */
export interface Mutant {
  readonly fault: string;
  readonly isElusive?: boolean;
  /** True if it shows only when users post. */
  readonly hasPosts?: boolean;
  /** True if it shows only where friends may make a client store little. */
  readonly hasBudgets?: boolean;
  readonly rules: readonly string[];
  readonly planted: PlantedFaults;
  readonly method?: PlantedMethod;
}

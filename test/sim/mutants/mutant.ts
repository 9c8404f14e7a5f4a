// A planted fault, and the guarantees whose breach gives it away.

import type { PlantedFaults } from '../hosts/planted-faults.js';

/**
 * `rules`: a violation of another rule does not count as catching it. `isElusive`: may take up to 2000 seeds, so it is
 * hunted by `npm run sim:mutants` only.
 */
export interface Mutant {
  readonly fault: string;
  readonly isElusive?: boolean;
  /** Shows only where people post. */
  readonly hasPosts?: boolean;
  readonly rules: readonly string[];
  readonly planted: PlantedFaults;
}

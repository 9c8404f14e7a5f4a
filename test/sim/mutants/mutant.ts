// A planted fault, and the guarantees whose breach gives it away.

import type { Planted } from '../hosts/planted.js';

/** `rules`: a violation of another rule does not count as catching it. */
export interface Mutant {
  readonly fault: string;
  readonly rules: readonly string[];
  readonly planted: Planted;
}

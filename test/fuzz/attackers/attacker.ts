// An attacker makes short random attacks, one after the other. An attack always ends.

import type { Random } from '../../sim/kernel/random.js';

export interface Attacker {
  readonly name: string;
  /**
   * True iff the attack reached its target state, such as an accepted session. Never rejects because of the target.
   */
  readonly attack: (random: Random) => Promise<boolean>;
  close?(): Promise<void>;
}

/** True iff the attack did not fail. */
export async function hasReached(attack: Promise<unknown>): Promise<boolean> {
  try {
    await attack;
    return true;
  } catch {
    return false; // rejected, as it should be
  }
}

// What every attacker promises: a strike is one short attack drawn from chance alone, and it always comes back.

import type { Random } from '../../sim/kernel/random.js';

export interface Attacker {
  readonly name: string;
  /**
   * True iff it got as far as it meant to: inside, where it means to be inside. Never rejects for what the victim
   * did.
   */
  readonly attack: (random: Random) => Promise<boolean>;
  close?(): Promise<void>;
}

/** What the victim did to us is not our trouble. */
export async function hasReached(attack: Promise<unknown>): Promise<boolean> {
  try {
    await attack;
    return true;
  } catch {
    return false; // turned away, which is what it should do
  }
}

// One incarnation of a program, from its start to its death: what it had planned dies with it.

import type { Counted } from '../kernel/tally.js';
import type { Timeline } from '../kernel/timeline.js';

export class Incarnation {
  hasEnded = false;

  constructor(private readonly timeline: Timeline) {}

  /** Plans an action that happens only if this life still goes on then. */
  after(ms: number, action: () => void): void {
    this.timeline.after(ms, () => {
      if (!this.hasEnded) action();
    });
  }

  /** An action that does nothing once this life is over. */
  guarded<A extends unknown[]>(action: (...given: A) => void): (...given: A) => void {
    return (...given) => {
      if (!this.hasEnded) action(...given);
    };
  }
}

/** Thrown where a life ends in the middle of its work, through no fault of the program. */
export class ProcessCrash extends Error {
  constructor(readonly counted: Counted) {
    super(counted);
  }
}

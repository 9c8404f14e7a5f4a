// One incarnation of a program, from its start to its stop. Its scheduled actions are cancelled when it ends.

import type { Counted } from '../kernel/tally.js';
import type { Timeline } from '../kernel/timeline.js';

export class Incarnation {
  hasEnded = false;

  constructor(private readonly timeline: Timeline) {}

  /** Schedules an action that runs only if this incarnation has not ended by then. */
  after(ms: number, action: () => void): void {
    this.timeline.after(ms, () => {
      if (!this.hasEnded) action();
    });
  }

  /** Wraps an action so that it does nothing after this incarnation has ended. */
  guarded<A extends unknown[]>(action: (...given: A) => void): (...given: A) => void {
    return (...given) => {
      if (!this.hasEnded) action(...given);
    };
  }
}

/** Thrown to simulate a crash in the middle of a turn. It is not a bug of the program. */
export class ProcessCrash extends Error {
  constructor(readonly counted: Counted) {
    super(counted);
  }
}

// One incarnation of a program, from its start to its crash: what it had planned dies with it.

import type { Timeline } from '../kernel/timeline.js';

export class Life {
  isOver = false;

  constructor(private readonly timeline: Timeline) {}

  /** Plans an action that happens only if this life still goes on then. */
  after(ms: number, action: () => void): void {
    this.timeline.after(ms, () => {
      if (!this.isOver) action();
    });
  }

  /** An action that does nothing once this life is over. */
  guarded<A extends unknown[]>(action: (...given: A) => void): (...given: A) => void {
    return (...given) => {
      if (!this.isOver) action(...given);
    };
  }
}

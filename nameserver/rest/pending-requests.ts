// Requests that wait for the turn that commits them: promises by number, of which only so many may wait.

import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';

export class PendingRequests<T> {
  private readonly pending = new Map<number, (outcome: Outcome<T>) => void>();
  private lastRef = 0;

  /** Gives `ask` a number; the promise holds what `answer` is told under it. */
  wait(ask: (ref: number) => void): Promise<Outcome<T>> {
    if (this.pending.size >= LIMITS.restPendingAnswersMax) return Promise.resolve(new Refusal('SERVER_BUSY'));
    this.lastRef += 1;
    const ref = this.lastRef;
    return new Promise((resolve) => {
      this.pending.set(ref, resolve);
      ask(ref);
    });
  }

  resolve(ref: number, outcome: Outcome<T>): void {
    this.pending.get(ref)?.(outcome);
    this.pending.delete(ref);
  }
}

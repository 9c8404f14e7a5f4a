// HTTP requests that wait for the commit of their input: one promise per reference number, with a bounded count.

import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';

export class PendingRequests<T> {
  private readonly pending = new Map<number, (outcome: Outcome<T>) => void>();
  private lastRef = 0;

  /** Calls `send` with a fresh number. The promise resolves with the outcome that `resolve` gets for that number. */
  wait(send: (ref: number) => void): Promise<Outcome<T>> {
    if (this.pending.size >= LIMITS.restPendingAnswersMax) return Promise.resolve(new Refusal('SERVER_BUSY'));
    this.lastRef += 1;
    const ref = this.lastRef;
    return new Promise((resolve) => {
      this.pending.set(ref, resolve);
      send(ref);
    });
  }

  resolve(ref: number, outcome: Outcome<T>): void {
    this.pending.get(ref)?.(outcome);
    this.pending.delete(ref);
  }
}

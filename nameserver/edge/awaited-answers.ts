// Requests that wait for the turn that commits them: promises by number, of which only so many may wait.

import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';

export class AwaitedAnswers<T> {
  private readonly waiting = new Map<number, (outcome: Outcome<T>) => void>();
  private lastRef = 0;

  /** Gives `ask` a number; the promise holds what `answer` is told under it. */
  wait(ask: (ref: number) => void): Promise<Outcome<T>> {
    if (this.waiting.size >= LIMITS.restAnswersWaitingMax) return Promise.resolve(new Refusal('SERVER_BUSY'));
    this.lastRef += 1;
    const ref = this.lastRef;
    return new Promise((resolve) => {
      this.waiting.set(ref, resolve);
      ask(ref);
    });
  }

  answer(ref: number, outcome: Outcome<T>): void {
    this.waiting.get(ref)?.(outcome);
    this.waiting.delete(ref);
  }
}

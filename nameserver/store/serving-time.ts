// Serving time, by which the server expires letters and names: it advances by at most one day for each pause or clock
// jump, and never goes back, so a wrong clock expires little.

import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';
import type { RegistryStore, StoredServingTime } from './registry-store.js';

export class ServingTime {
  private count: StoredServingTime | null;
  private savedAt: Instant;

  constructor(private readonly store: Pick<RegistryStore, 'servingTime' | 'putServingTime'>) {
    this.count = store.servingTime();
    this.savedAt = this.count?.counted ?? -Infinity;
  }

  /** The serving time of the current input. Only differences mean anything. */
  get now(): Instant {
    return this.count?.counted ?? 0;
  }

  /** Called with the date of each input. A pause, or a jump of the clock, counts as at most one day [LOAD-23]. */
  advance(date: Instant): void {
    const { counted, at } = this.count ?? { counted: date, at: date };
    const passedMs = Math.min(Math.max(date - at, 0), LIMITS.servingStepMs);
    this.count = { counted: counted + passedMs, at: date };
    if (this.now - this.savedAt < LIMITS.servingSavedMs && date >= at) return;
    this.store.putServingTime(this.count);
    this.savedAt = this.now;
  }

  /** The date at which the server has to wake for an instant of serving time. It may be too early, never too late. */
  dateOf(due: Instant | null): Instant | null {
    if (due === null || this.count === null) return due;
    const { counted, at } = this.count;
    return at + Math.min(Math.max(due - counted, 0), LIMITS.servingStepMs);
  }
}

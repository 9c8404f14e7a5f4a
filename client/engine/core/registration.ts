// The place where a part of a higher floor registers for what a lower floor calls. Exactly one part registers.

import { assert } from '../../../protocols/kit/machine.js';

export class Registration<T> {
  private registered: T | null = null;

  register(one: T): void {
    assert(this.registered === null, 'a part registers once');
    this.registered = one;
  }

  /** The parts that registered. The engine registers all parts before the first input. */
  get target(): T {
    assert(this.registered !== null, 'parts register before the first input');
    return this.registered;
  }
}

// A counter whose increments are undone when their transaction is rolled back.

import type { UndoLog } from '../../../../protocols/kit/undo/undo-log.js';

export class UndoCounter {
  private value = 0;

  constructor(private readonly log: UndoLog) {}

  raise(): number {
    this.value += 1;
    this.log.record(() => (this.value -= 1));
    return this.value;
  }
}

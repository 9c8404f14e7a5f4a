// The undo log of an in-memory store: while a transaction is open, every change records how to undo it.

import { assert } from '../machine.js';

export class UndoLog {
  private readonly undoSteps: (() => void)[] = [];
  /** The length of the log at the begin of each open transaction. An inner transaction is part of the outer one. */
  private readonly marks: number[] = [];

  /** Records how to undo a change. Without an open transaction the change is final. */
  record(undo: () => void): void {
    if (this.marks.length > 0) this.undoSteps.push(undo);
  }

  /** Keeps the changes of `work`. If it throws, undoes them and rethrows. May be nested. */
  transaction<T>(work: () => T): T {
    this.begin();
    try {
      const result = work();
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  begin(): void {
    this.marks.push(this.undoSteps.length);
  }

  commit(): void {
    assert(this.marks.length > 0, 'a commit ends a transaction');
    this.marks.pop();
    if (this.marks.length === 0) this.undoSteps.length = 0;
  }

  rollback(): void {
    const mark = this.marks.pop();
    assert(mark !== undefined, 'a rollback ends a transaction');
    while (this.undoSteps.length > mark) this.undoSteps.pop()?.();
  }
}

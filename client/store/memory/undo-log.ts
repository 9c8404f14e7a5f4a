// What must be undone if the open transaction does not come to its end: the reverse of each change, in order.

import { assert } from '../../../protocols/kit/machine.js';

export class UndoLog {
  private readonly undos: (() => void)[] = [];
  /** Where each open transaction began; the inner ones are parts of the outer. */
  private readonly marks: number[] = [];

  /** Remembers how to undo a change. Outside a transaction a change stands at once. */
  note(undo: () => void): void {
    if (this.marks.length > 0) this.undos.push(undo);
  }

  begin(): void {
    this.marks.push(this.undos.length);
  }

  commit(): void {
    assert(this.marks.length > 0, 'a commit ends a transaction');
    this.marks.pop();
    if (this.marks.length === 0) this.undos.length = 0;
  }

  rollback(): void {
    const mark = this.marks.pop();
    assert(mark !== undefined, 'a rollback ends a transaction');
    while (this.undos.length > mark) this.undos.pop()?.();
  }
}

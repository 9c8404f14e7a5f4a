// Queued letters, and the ids of received letters, in memory.

import type { LetterKind } from '../../../../protocols/letters/messages.js';
import type { QueuedLetter } from '../../../../client/engine/core/store.js';
import { UndoCounter } from './undo-counter.js';
import type { UndoLog } from '../../../../protocols/kit/undo/undo-log.js';
import { UndoMap } from '../../../../protocols/kit/undo/undo-map.js';

export class MemoryLetters {
  private readonly queued: UndoMap<number, QueuedLetter>;
  private readonly seen: UndoMap<string, number>;
  private readonly refs: UndoCounter;

  constructor(log: UndoLog) {
    this.queued = new UndoMap(log);
    this.seen = new UndoMap(log);
    this.refs = new UndoCounter(log);
  }

  add(letter: Omit<QueuedLetter, 'ref'>): void {
    const ref = this.refs.raise();
    this.queued.set(ref, { ...letter, ref });
  }

  after(ref: number, limit: number): QueuedLetter[] {
    return this.sorted()
      .filter((letter) => letter.ref > ref)
      .slice(0, limit);
  }

  to(recipient: string, kind: LetterKind): QueuedLetter[] {
    return this.sorted().filter((letter) => letter.to === recipient && letter.kind === kind);
  }

  drop(ref: number): void {
    this.queued.delete(ref);
  }

  /** Adds the id of a received letter; false if it is there already. */
  see(id: string, at: number): boolean {
    if (this.seen.has(id)) return false;
    this.seen.set(id, at);
    return true;
  }

  forgetSeenBefore(time: number): void {
    for (const [id, at] of this.seen.all()) if (at < time) this.seen.delete(id);
  }

  private sorted(): QueuedLetter[] {
    return this.queued.values().sort((a, b) => a.ref - b.ref);
  }
}

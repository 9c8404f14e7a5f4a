// The reorder buffer for the messages of one remote device: decides which stored messages may be shown (SPEC CHAT-5,
// CHAT-6).

import { LIMITS } from '../kit/limits.js';

/** A stored message. `after`: the seq that must be shown before it, 0 if none. */
export interface BufferedMessage {
  readonly seq: number;
  readonly after: number;
}

/**
 * `after` has two meanings: the message must not be shown before that one, and numbers missing between the two will
 * never arrive (they were cancelled, or acknowledged by a disk that is lost). So everything below the highest shown
 * number is settled, and that one number decides about the next message.
 */
export class ReorderBuffer {
  private buffered: BufferedMessage[];

  /** `shownUpTo`: the highest seq shown. `buffered`: stored messages above it that are not shown, by seq. */
  constructor(
    private shownUpTo: number,
    buffered: readonly BufferedMessage[],
  ) {
    this.buffered = [...buffered];
  }

  /** False if the buffer is full. The sender repeats the message, because it is not acknowledged. */
  mayStore({ after }: BufferedMessage): boolean {
    return this.isSettled(after) || this.buffered.length < LIMITS.chatReorderMax;
  }

  /** True iff the message may be shown as soon as it is stored. */
  isShowable({ after }: BufferedMessage): boolean {
    return this.isSettled(after);
  }

  /**
   * Adds a stored message. Returns the seqs that may be shown now, in order. A buffered message may be added again: its
   * sender repeats it with another `after` when a message before it was cancelled.
   */
  add(message: BufferedMessage): number[] {
    this.buffered = this.buffered.filter(({ seq }) => seq !== message.seq);
    this.buffered.push(message);
    this.buffered.sort((a, b) => a.seq - b.seq);
    const shown: number[] = [];
    for (let last = this.lastShowable(); last >= 0; last = this.lastShowable()) {
      // Messages below it waited for numbers that will never arrive.
      const freed = this.buffered.splice(0, last + 1);
      shown.push(...freed.map(({ seq }) => seq));
      this.shownUpTo = Math.max(this.shownUpTo, ...freed.map(({ seq }) => seq));
    }
    return shown;
  }

  private lastShowable(): number {
    return this.buffered.findLastIndex(({ after }) => this.isSettled(after));
  }

  private isSettled(after: number): boolean {
    return after <= this.shownUpTo;
  }
}

// The receiving side of one device's messages (SPEC CHAT-5, CHAT-6): what is stored, and what of it may be shown yet.

import { LIMITS } from '../kit/limits.js';

/** A message on disk. `after`: the seq that must be shown before it, 0 if none. */
export interface BufferedMessage {
  readonly seq: number;
  readonly after: number;
}

/**
 * `after` tells two things: this message must not be shown before that one, and whatever is missing between the two
 * will never come (it was cancelled, or acknowledged by a disk that is lost). So everything below the highest shown
 * message is settled, and one number is enough to judge the next.
 */
export class ReorderBuffer {
  private heldBack: BufferedMessage[];

  /** `shownUpTo`: the highest seq shown. `heldBack`: what is stored above it and not shown, by seq. */
  constructor(
    private shownUpTo: number,
    heldBack: readonly BufferedMessage[],
  ) {
    this.heldBack = [...heldBack];
  }

  /** False while so much is held back that no more may be stored; unacknowledged, it will come again. */
  mayStore({ after }: BufferedMessage): boolean {
    return this.isSettled(after) || this.heldBack.length < LIMITS.chatReorderMax;
  }

  /** True iff the message may be shown as soon as it is stored. */
  isShowable({ after }: BufferedMessage): boolean {
    return this.isSettled(after);
  }

  /**
   * Takes a message that is stored and not shown; gives the seqs that may be shown now, in the order to show them. What
   * is held back comes again when something before it was cancelled, with an `after` that says so.
   */
  add(message: BufferedMessage): number[] {
    this.heldBack = this.heldBack.filter(({ seq }) => seq !== message.seq);
    this.heldBack.push(message);
    this.heldBack.sort((a, b) => a.seq - b.seq);
    const shown: number[] = [];
    for (let last = this.lastShowable(); last >= 0; last = this.lastShowable()) {
      // What was held back below it waited for something that will never come.
      const freed = this.heldBack.splice(0, last + 1);
      shown.push(...freed.map(({ seq }) => seq));
      this.shownUpTo = Math.max(this.shownUpTo, ...freed.map(({ seq }) => seq));
    }
    return shown;
  }

  private lastShowable(): number {
    return this.heldBack.findLastIndex(({ after }) => this.isSettled(after));
  }

  private isSettled(after: number): boolean {
    return after <= this.shownUpTo;
  }
}

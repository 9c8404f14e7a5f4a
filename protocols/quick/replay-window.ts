// The replay window of quick messages (SPEC QUICK-3; RFC 4303, section 3.4.3): each counter is taken once, old ones
// never.

import { LIMITS } from '../kit/limits.js';

const SIZE = BigInt(LIMITS.quickReplayWindow);

export class ReplayWindow {
  private highest = 0n;
  /** Bit k: the counter `highest − k` was taken. */
  private taken = 0n;

  /** True iff a datagram with this counter may still be opened. Counters start at 1. */
  mayTake(counter: bigint): boolean {
    if (counter < 1n) return false;
    if (counter > this.highest) return true;
    const behind = this.highest - counter;
    return behind < SIZE && ((this.taken >> behind) & 1n) === 0n;
  }

  /**
   * Takes a counter whose datagram was authentic. Call after the proof, never before: a forgery must not move the
   * window.
   */
  take(counter: bigint): void {
    if (counter <= this.highest) {
      this.taken |= 1n << (this.highest - counter);
      return;
    }
    const jump = counter - this.highest;
    this.taken = jump >= SIZE ? 1n : BigInt.asUintN(LIMITS.quickReplayWindow, this.taken << jump) | 1n;
    this.highest = counter;
  }
}

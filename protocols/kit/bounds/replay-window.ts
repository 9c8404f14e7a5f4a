// A replay window (RFC 4303, section 3.4.3): accepts each counter once, and none that is too far behind.

export class ReplayWindow {
  private highest = 0n;
  /** Bit k: the counter `highest − k` was taken. */
  private taken = 0n;
  private readonly size: bigint;

  /** `counters`: how many are remembered, the highest included, one bit each. */
  constructor(private readonly counters: number) {
    this.size = BigInt(counters);
  }

  /** True iff this counter may still be accepted. Counters start at 1. */
  mayTake(counter: bigint): boolean {
    if (counter < 1n) return false;
    if (counter > this.highest) return true;
    const behind = this.highest - counter;
    return behind < this.size && ((this.taken >> behind) & 1n) === 0n;
  }

  /** True iff the window knows whether this counter was accepted. */
  remembers(counter: bigint): boolean {
    return counter > this.highest - this.size;
  }

  /**
   * Records an accepted counter. Call it only after the message was authenticated: a forgery must not move the window.
   */
  take(counter: bigint): void {
    if (counter <= this.highest) {
      this.taken |= 1n << (this.highest - counter);
      return;
    }
    const jump = counter - this.highest;
    this.taken = jump >= this.size ? 1n : BigInt.asUintN(this.counters, this.taken << jump) | 1n;
    this.highest = counter;
  }
}

// A replay window (RFC 4303, section 3.4.3): each counter is taken once, one that is too far behind never.

export class ReplayWindow {
  private highest = 0n;
  /** Bit k: the counter `highest − k` was taken. */
  private taken = 0n;
  private readonly size: bigint;

  /** `counters`: how many are remembered, the highest included. Each costs a bit. */
  constructor(private readonly counters: number) {
    this.size = BigInt(counters);
  }

  /** True iff what has this counter may still be taken. Counters start at 1. */
  mayTake(counter: bigint): boolean {
    if (counter < 1n) return false;
    if (counter > this.highest) return true;
    const behind = this.highest - counter;
    return behind < this.size && ((this.taken >> behind) & 1n) === 0n;
  }

  /** True iff it is known of this counter whether it was taken. */
  remembers(counter: bigint): boolean {
    return counter > this.highest - this.size;
  }

  /**
   * Takes a counter whose bearer was proven. Call after the proof, never before: a forgery must not move the
   * window.
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

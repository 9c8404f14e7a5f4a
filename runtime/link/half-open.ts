// Bounds the connections that have not finished TLS, so that strangers cannot exhaust memory or processor time.

import { LIMITS } from '../../protocols/kit/limits.js';

export class HalfOpen {
  private readonly perAddress = new Map<string, number>();
  private total = 0;

  /** Counts a connection from an address. False if the bound is reached. */
  enter(address: string): boolean {
    const count = this.perAddress.get(address) ?? 0;
    if (count >= LIMITS.linkHalfOpenPerAddress || this.total >= LIMITS.linkHalfOpenMax) return false;
    this.perAddress.set(address, count + 1);
    this.total += 1;
    return true;
  }

  /** Ends the count of one connection that `enter` counted. */
  leave(address: string): void {
    const count = this.perAddress.get(address) ?? 0;
    if (count === 0) return;
    this.total -= 1;
    if (count === 1) this.perAddress.delete(address);
    else this.perAddress.set(address, count - 1);
  }
}

// Counts connections that have not finished TLS, so that strangers can neither fill our memory nor keep us busy.

import { LIMITS } from '../../protocols/kit/limits.js';

export class HalfOpen {
  private readonly perAddress = new Map<string, number>();
  private total = 0;

  /** Takes a place for an address; false where all are taken. */
  enter(address: string): boolean {
    const count = this.perAddress.get(address) ?? 0;
    if (count >= LIMITS.linkHalfOpenPerAddress || this.total >= LIMITS.linkHalfOpenMax) return false;
    this.perAddress.set(address, count + 1);
    this.total += 1;
    return true;
  }

  /** Gives back one place taken by `enter`. */
  leave(address: string): void {
    const count = this.perAddress.get(address) ?? 0;
    if (count === 0) return;
    this.total -= 1;
    if (count === 1) this.perAddress.delete(address);
    else this.perAddress.set(address, count - 1);
  }
}

// The letters delivered to one session and not yet acknowledged. Bounds their number and bytes, and keeps the read
// position in the mailbox.

import { LIMITS } from '../../protocols/kit/limits.js';
import type { StoredLetter } from '../store/registry-store.js';

export class DeliveryWindow {
  private readonly letters = new Map<string, { arrival: number; bytes: number }>();
  private bytes = 0;
  private readUpTo = 0;

  /** The arrival number after which to continue reading. */
  get cursor(): number {
    return this.readUpTo;
  }

  /** True iff another letter may be delivered. A letter larger than the byte limit is delivered alone. */
  hasRoom(): boolean {
    return this.letters.size < LIMITS.lettersInFlightPerSession && this.bytes < LIMITS.lettersInFlightBytes;
  }

  /** Advances past a letter. Returns false if this session already received it. */
  add({ id, arrival, body }: StoredLetter): boolean {
    this.readUpTo = arrival;
    if (this.letters.has(id)) return false;
    this.letters.set(id, { arrival, bytes: body.length });
    this.bytes += body.length;
    return true;
  }

  /** Removes an acknowledged letter. Returns its arrival number, or null if this session did not receive it. */
  remove(id: string): number | null {
    const delivered = this.letters.get(id);
    if (delivered === undefined) return null;
    this.letters.delete(id);
    this.bytes -= delivered.bytes;
    return delivered.arrival;
  }

  /** Restarts reading at the beginning: older letters may have been moved into the mailbox. */
  rewind(): void {
    this.readUpTo = 0;
  }
}

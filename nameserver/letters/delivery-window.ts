// What a session has been given and has not answered: bounds it, and remembers how far the mailbox was read.

import { LIMITS } from '../../protocols/kit/limits.js';
import type { StoredLetter } from '../store/registry-store.js';

export class DeliveryWindow {
  private readonly letters = new Map<string, { arrival: number; bytes: number }>();
  private bytes = 0;
  private readUpTo = 0;

  /** The arrival after which to read on. */
  get cursor(): number {
    return this.readUpTo;
  }

  /** True while another letter may be given. A letter larger than the bound in bytes goes alone. */
  hasRoom(): boolean {
    return this.letters.size < LIMITS.lettersInFlightPerSession && this.bytes < LIMITS.lettersInFlightBytes;
  }

  /** Moves past a letter; false where the session has it already. */
  add({ id, arrival, body }: StoredLetter): boolean {
    this.readUpTo = arrival;
    if (this.letters.has(id)) return false;
    this.letters.set(id, { arrival, bytes: body.length });
    this.bytes += body.length;
    return true;
  }

  /** Takes a letter out; its arrival, or null where it was not given to this session. */
  remove(id: string): number | null {
    const given = this.letters.get(id);
    if (given === undefined) return null;
    this.letters.delete(id);
    this.bytes -= given.bytes;
    return given.arrival;
  }

  /** Reads the mailbox from its start again: older letters may have been moved into it. */
  rewind(): void {
    this.readUpTo = 0;
  }
}

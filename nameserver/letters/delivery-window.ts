// The letters delivered to one session and not yet acknowledged. Bounds their number and bytes, and keeps the read
// position in the mailbox.

import { LIMITS } from '../../protocols/kit/limits.js';
import { readSealedLetter } from '../../protocols/letters/sealed-letter.js';
import type { StoredLetter } from '../store/registry-store.js';
import type { Sender } from './letter-rate.js';

/** `payer`: who gets the bytes back, if the letter was delivered as soon as it was sent. */
export interface DeliveredLetter {
  readonly arrival: number;
  readonly from: string;
  /** The device that the letter names as its writer's; null for a notice. */
  readonly writer: string | null;
  readonly bytes: number;
  readonly payer: Sender | null;
}

export class DeliveryWindow {
  private readonly letters = new Map<string, DeliveredLetter>();
  private readonly payers = new Map<string, Sender>();
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
  add({ id, arrival, from, body }: StoredLetter): boolean {
    this.readUpTo = arrival;
    if (this.letters.has(id)) return false;
    const writer = readSealedLetter(body)?.writer.device ?? null;
    this.letters.set(id, { arrival, from, writer, bytes: body.length, payer: this.payers.get(id) ?? null });
    this.payers.delete(id);
    this.bytes += body.length;
    return true;
  }

  /** The letter is about to be delivered. When it is acknowledged, its bytes return to the budgets of its sender. */
  expect(id: string, payer: Sender): void {
    this.payers.set(id, payer);
  }

  /** Removes an acknowledged letter. Null if this session did not receive it. */
  remove(id: string): DeliveredLetter | null {
    const delivered = this.letters.get(id);
    if (delivered === undefined) return null;
    this.letters.delete(id);
    this.bytes -= delivered.bytes;
    return delivered;
  }

  /** Restarts reading at the beginning: older letters may have been moved into the mailbox. */
  rewind(): void {
    this.readUpTo = 0;
  }
}

// The receiving end of a reliable stream [RLINK-1, RLINK-2]: takes frames in any order, gives records complete and in
// order.

import { concat, viewOf } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import type { Ack, Frame } from '../wire/packet.js';
import { RECORD_HEAD_BYTES } from './send-stream.js';

const WORD_BITS = 32;

export class ReceiveStream {
  private stream = 0;
  private upTo = 0;
  private readonly outOfOrder = new Map<number, Uint8Array>();
  private parts: Uint8Array[] = [];
  private heldBytes = 0;

  /** The records that this frame completes. */
  receive({ stream, number, bytes }: Frame): Uint8Array[] {
    if (stream < this.stream) return [];
    if (stream > this.stream) this.begin(stream);
    if (number <= this.upTo || number > this.upTo + LIMITS.roomLinkWindow || this.outOfOrder.has(number)) return [];
    this.outOfOrder.set(number, bytes);
    const records: Uint8Array[] = [];
    for (let next = this.outOfOrder.get(this.upTo + 1); next; next = this.outOfOrder.get(this.upTo + 1)) {
      this.upTo += 1;
      this.outOfOrder.delete(this.upTo);
      this.append(next, records);
    }
    return records;
  }

  ack(): Ack {
    let [low, high] = [0, 0];
    for (const number of this.outOfOrder.keys()) {
      const bit = number - this.upTo - 2;
      if (bit < WORD_BITS) low |= 1 << bit;
      else high |= 1 << (bit - WORD_BITS);
    }
    return { stream: this.stream, upTo: this.upTo, low: low >>> 0, high: high >>> 0 };
  }

  private begin(stream: number): void {
    this.stream = stream;
    this.upTo = 0;
    this.outOfOrder.clear();
    this.parts = [];
    this.heldBytes = 0;
  }

  private append(bytes: Uint8Array, records: Uint8Array[]): void {
    this.parts.push(bytes);
    this.heldBytes += bytes.length;
    for (let record = this.nextRecord(); record; record = this.nextRecord()) records.push(record);
  }

  /** The next complete record, or null. A length above the limit discards all buffered bytes. */
  private nextRecord(): Uint8Array | null {
    if (this.heldBytes < RECORD_HEAD_BYTES) return null;
    const head = this.peek(RECORD_HEAD_BYTES);
    const length = new DataView(head.buffer, head.byteOffset, RECORD_HEAD_BYTES).getUint32(0);
    if (length > LIMITS.roomRecordBytes) {
      this.parts = [];
      this.heldBytes = 0;
      return null;
    }
    if (this.heldBytes < RECORD_HEAD_BYTES + length) return null;
    const record = viewOf(this.peek(RECORD_HEAD_BYTES + length), RECORD_HEAD_BYTES);
    this.drop(RECORD_HEAD_BYTES + length);
    return record;
  }

  /** The first buffered bytes; copies only if they span several parts. */
  private peek(length: number): Uint8Array {
    const [first] = this.parts;
    if (first && first.length >= length) return viewOf(first, 0, length);
    const joined = concat(...this.parts);
    this.parts = [joined];
    return viewOf(joined, 0, length);
  }

  private drop(length: number): void {
    const [first] = this.parts;
    this.heldBytes -= length;
    if (!first || first.length === length) this.parts.shift();
    else this.parts[0] = viewOf(first, length);
  }
}

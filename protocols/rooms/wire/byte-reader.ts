// Reads what ByteWriter wrote. Reading past the end gives zeros and sets `isBroken`, to be checked once at the end.

const HIGH = 2 ** 32;
const EMPTY = new Uint8Array(0);

export class ByteReader {
  isBroken = false;
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** True iff all bytes were read and none was missing. */
  get isExact(): boolean {
    return !this.isBroken && this.at === this.bytes.length;
  }

  u8(): number {
    return this.has(1) ? this.view.getUint8(this.advance(1)) : 0;
  }

  u16(): number {
    return this.has(2) ? this.view.getUint16(this.advance(2)) : 0;
  }

  u32(): number {
    return this.has(4) ? this.view.getUint32(this.advance(4)) : 0;
  }

  u48(): number {
    return this.u16() * HIGH + this.u32();
  }

  /** A view of the bytes, not a copy. */
  raw(length: number): Uint8Array {
    if (!this.has(length)) return EMPTY;
    const from = this.advance(length);
    return viewOf(this.bytes, from, from + length);
  }

  block(): Uint8Array {
    return this.raw(this.u16());
  }

  private has(length: number): boolean {
    if (this.at + length > this.bytes.length) this.isBroken = true;
    return !this.isBroken;
  }

  private advance(length: number): number {
    const from = this.at;
    this.at += length;
    return from;
  }
}
import { viewOf } from '../../kit/bytes.js';

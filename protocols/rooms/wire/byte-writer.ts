// Writes numbers (big-endian) and bytes into a buffer that grows as needed.

const FIRST_BYTES = 256;
const HIGH = 2 ** 32;

export class ByteWriter {
  private bytes: Uint8Array;
  private view: DataView;
  private at = 0;

  constructor(bytes = FIRST_BYTES) {
    this.bytes = new Uint8Array(bytes);
    this.view = new DataView(this.bytes.buffer);
  }

  get length(): number {
    return this.at;
  }

  u8(value: number): this {
    this.ensure(1);
    this.view.setUint8(this.at, value);
    this.at += 1;
    return this;
  }

  u16(value: number): this {
    this.ensure(2);
    this.view.setUint16(this.at, value);
    this.at += 2;
    return this;
  }

  u32(value: number): this {
    this.ensure(4);
    this.view.setUint32(this.at, value);
    this.at += 4;
    return this;
  }

  u48(value: number): this {
    return this.u16(Math.floor(value / HIGH)).u32(value % HIGH);
  }

  raw(bytes: Uint8Array): this {
    this.ensure(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
    return this;
  }

  /** Bytes preceded by their length, at most 65 535. */
  block(bytes: Uint8Array): this {
    return this.u16(bytes.length).raw(bytes);
  }

  /** The bytes written. The writer must not be used afterwards. */
  done(): Uint8Array {
    return viewOf(this.bytes, 0, this.at);
  }

  private ensure(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + more));
    larger.set(viewOf(this.bytes, 0, this.at));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}
import { viewOf } from '../../kit/bytes.js';

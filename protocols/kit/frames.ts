// Byte framing of links (protocols/links): `u32 length (big-endian) ‖ UTF-8`, whatever the TCP segments are.

import { LIMITS } from './limits.js';
import { concat, textOf, utf8, viewOf } from './bytes.js';

const HEADER_BYTES = 4;
const EMPTY = new Uint8Array(0);

/** The bytes of one frame. */
export function encodeFrame(text: string): Uint8Array {
  const body = utf8(text);
  const frame = new Uint8Array(HEADER_BYTES + body.length);
  new DataView(frame.buffer).setUint32(0, body.length);
  frame.set(body, HEADER_BYTES);
  return frame;
}

/** The error that ended a stream of frames. */
export type FrameFault = 'oversized' | 'empty' | 'not-utf8';

/**
 * Collects chunks and returns complete frames. It checks the length before it waits for the body, so a peer can make
 * us hold at most one frame of the current bound and one chunk.
 */
export class FrameReader {
  private chunks: Uint8Array[] = [];
  private held = 0;
  private fault: FrameFault | null = null;

  constructor(private bodyBytesMax: number = LIMITS.linkHelloFrameBytes) {}

  /** Sets the bound for the following frames (after `welcome`). */
  allow(bodyBytesMax: number): void {
    this.bodyBytesMax = bodyBytesMax;
  }

  /** Takes a chunk. `next` then returns the frames that it completed. */
  push(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.held += chunk.length;
  }

  /** True while bytes were pushed that no frame has taken yet. */
  get holdsMore(): boolean {
    return this.held > 0;
  }

  /** The text of the next complete frame, null if more bytes are needed, or the fault that ended the stream. */
  next(): { text: string } | { fault: FrameFault } | null {
    if (this.fault) return { fault: this.fault };
    if (this.held < HEADER_BYTES) return null;
    const header = this.peek(HEADER_BYTES);
    const length = new DataView(header.buffer, header.byteOffset, HEADER_BYTES).getUint32(0);
    if (length > this.bodyBytesMax) return this.fail('oversized');
    if (length === 0) return this.fail('empty');
    if (this.held < HEADER_BYTES + length) return null;
    this.skip(HEADER_BYTES);
    const text = textOf(this.peek(length));
    this.skip(length);
    return text === null ? this.fail('not-utf8') : { text };
  }

  private fail(fault: FrameFault): { fault: FrameFault } {
    this.fault = fault;
    this.chunks = [];
    this.held = 0;
    return { fault };
  }

  /** The first `length` bytes. Joins chunks only if the piece spans several. */
  private peek(length: number): Uint8Array {
    const first = this.chunks[0] ?? EMPTY;
    if (first.length >= length) return viewOf(first, 0, length);
    const joined = concat(...this.chunks);
    this.chunks = [joined];
    return viewOf(joined, 0, length);
  }

  private skip(length: number): void {
    const first = this.chunks[0] ?? EMPTY;
    this.held -= length;
    if (first.length === length) this.chunks.shift();
    else this.chunks[0] = viewOf(first, length);
  }
}

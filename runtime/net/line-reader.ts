// Splits a stream of bytes into lines of UTF-8 with a bounded length.

import { concat, textOf, viewOf } from '../../protocols/kit/bytes.js';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** A line without its end, or the fault that ended the stream. */
export type LineResult = { readonly text: string } | { readonly fault: 'oversized' | 'not-utf8' };

export class LineReader {
  private pieces: Uint8Array[] = [];
  private heldBytes = 0;
  private isOver = false;

  /** `lineBytesMax` does not count the end of the line. */
  constructor(private lineBytesMax: number) {}

  /** Sets the bound for the following lines. */
  allow(lineBytesMax: number): void {
    this.lineBytesMax = lineBytesMax;
  }

  /** Passes on each line that the chunk completes before it reads the next, so that `allow` takes effect at once. */
  push(chunk: Uint8Array, take: (line: LineResult) => void): void {
    for (let rest = chunk; rest.length > 0 && !this.isOver;) {
      const end = rest.indexOf(LINE_FEED);
      const piece = end < 0 ? rest : viewOf(rest, 0, end);
      this.heldBytes += piece.length;
      // The end of a line may have two bytes.
      if (this.heldBytes > this.lineBytesMax + 1) return this.fail('oversized', take);
      this.pieces.push(piece);
      if (end < 0) return;
      this.finish(take);
      rest = viewOf(rest, end + 1);
    }
  }

  private finish(take: (line: LineResult) => void): void {
    const whole = this.pieces.length === 1 ? (this.pieces[0] as Uint8Array) : concat(...this.pieces);
    this.pieces = [];
    this.heldBytes = 0;
    const line = whole.at(-1) === CARRIAGE_RETURN ? viewOf(whole, 0, -1) : whole;
    if (line.length > this.lineBytesMax) return this.fail('oversized', take);
    const text = textOf(line);
    if (text === null) return this.fail('not-utf8', take);
    take({ text });
  }

  private fail(fault: 'oversized' | 'not-utf8', take: (line: LineResult) => void): void {
    this.isOver = true;
    this.pieces = [];
    take({ fault });
  }
}

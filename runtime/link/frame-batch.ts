// The frames of one turn of the event loop, so that they leave in one write: a write costs more than a hundred frames.

const HEADER_BYTES = 4;

/** Collects texts and gives their frames (`u32 length ‖ UTF-8`, see `kit/frames.ts`) as one piece of memory. */
export class FrameBatch {
  private texts: { text: string; bytes: number }[] = [];
  private total = 0;

  /** Bytes that `take` would give. */
  get size(): number {
    return this.total;
  }

  add(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.texts.push({ text, bytes });
    this.total += HEADER_BYTES + bytes;
  }

  /** All frames added since the last time, in order. */
  take(): Buffer {
    const piece = Buffer.allocUnsafe(this.total);
    let at = 0;
    for (const { text, bytes } of this.texts) {
      at = piece.writeUInt32BE(bytes, at);
      at += piece.write(text, at);
    }
    this.texts = [];
    this.total = 0;
    return piece;
  }
}

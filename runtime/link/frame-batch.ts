// Collects the frames of one tick of the event loop for one write: a write costs more than a hundred frames.

const HEADER_BYTES = 4;

/** Turns texts into frames (`u32 length ‖ UTF-8`, see `kit/frames.ts`) in one buffer. */
export class FrameBatch {
  private texts: { text: string; bytes: number }[] = [];
  private total = 0;

  /** The bytes that `take` would return. */
  get size(): number {
    return this.total;
  }

  add(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.texts.push({ text, bytes });
    this.total += HEADER_BYTES + bytes;
  }

  /** All frames added since the last call, in order. */
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

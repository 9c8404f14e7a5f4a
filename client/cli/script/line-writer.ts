// Writes lines to a stream and tells when its reader has caught up. A closed stream is ignored.

import { once } from 'node:events';
import type { Writable } from 'node:stream';

export class LineWriter {
  constructor(private readonly stream: Writable) {}

  write(lines: readonly string[]): void {
    if (lines.length > 0 && this.stream.writable) this.stream.write(lines.map((line) => `${line}\n`).join(''));
  }

  /** What the reader has not taken yet. */
  get waitingBytes(): number {
    return this.stream.writableLength;
  }

  async drained(): Promise<void> {
    if (!this.stream.writableNeedDrain) return;
    await Promise.race([once(this.stream, 'drain'), once(this.stream, 'close')]);
  }
}

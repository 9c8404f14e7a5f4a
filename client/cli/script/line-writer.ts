// A stream that takes lines and says when its reader has caught up. A reader who went away is no trouble here.

import { once } from 'node:events';
import type { Writable } from 'node:stream';

export class LineWriter {
  constructor(private readonly stream: Writable) {}

  write(lines: readonly string[]): void {
    if (lines.length > 0 && this.stream.writable) this.stream.write(lines.map((line) => `${line}\n`).join(''));
  }

  async drained(): Promise<void> {
    if (!this.stream.writableNeedDrain) return;
    await Promise.race([once(this.stream, 'drain'), once(this.stream, 'close')]);
  }
}

// A screen for screen readers and dumb terminals: whole lines, no cursor, no colour, no bell (CTRL-19).

import type { Host } from '../host.js';
import { readLines } from '../line-reader.js';
import { Outlet } from '../script/outlet.js';
import type { Screen, Typist } from './screen.js';

export class PlainScreen implements Screen {
  private readonly outlet: Outlet;
  private isClosed = false;

  constructor(
    private readonly host: Pick<Host, 'input' | 'output' | 'onInterrupt'>,
    private readonly typist: Typist,
  ) {
    this.outlet = new Outlet(host.output);
    host.onInterrupt(() => this.typist.interrupted());
    void this.read();
  }

  print(lines: readonly string[]): void {
    this.outlet.lines(lines);
  }

  /** A prompt is half a line, and what others say would land behind it. */
  prompt(): void {}

  /** Every line is read out as it comes. */
  bell(): void {}

  close(): void {
    this.isClosed = true;
    this.host.input.destroy();
  }

  private async read(): Promise<void> {
    for await (const line of readLines(this.host.input)) {
      if (this.isClosed) return;
      this.typist.typed(line);
    }
    if (!this.isClosed) this.typist.left();
  }
}

// A screen for screen readers and dumb terminals: whole lines, no cursor, no colour, no bell (CTRL-19).

import type { Host } from '../host.js';
import { readLines } from '../line-reader.js';
import { Outlet } from '../script/outlet.js';
import type { Screen, Typist } from './screen.js';

const CTRL_C = '\x03';

export class PlainScreen implements Screen {
  private readonly outlet: Outlet;
  private isClosed = false;
  private isHushed = false;

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

  hush(question: string | null): void {
    this.isHushed = question !== null;
    this.host.input.setRawMode?.(this.isHushed);
    if (question !== null) this.print([question.trimEnd()]);
  }

  close(): void {
    this.isClosed = true;
    this.host.input.destroy();
  }

  private async read(): Promise<void> {
    for await (const line of readLines(this.host.input, (text) => (this.isHushed ? linesOfKeys(text) : text))) {
      if (this.isClosed) return;
      if (!this.isHushed) this.typist.typed(line);
      else if (line.endsWith(CTRL_C)) this.typist.interrupted();
      else this.typist.typed(withoutErased(line));
    }
    if (!this.isClosed) this.typist.left();
  }
}

/** What single keys would have been as lines: a terminal that shows nothing does not put lines together either. */
function linesOfKeys(keys: string): string {
  return keys.replace(/\r\n?/g, '\n').replace(/[\x03\x04]/g, `${CTRL_C}\n`);
}

/** The line as it is after its backspaces. */
function withoutErased(line: string): string {
  const left: string[] = [];
  for (const letter of line) {
    if (letter === '\x7f' || letter === '\b') left.pop();
    else left.push(letter);
  }
  return left.join('');
}

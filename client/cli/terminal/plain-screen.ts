// A screen for screen readers and dumb terminals: whole lines, no cursor, no colour, no bell (CTRL-19).
//
// A terminal in line mode does not tell the half-typed line, so output would be printed behind it. Therefore the keys
// are read one by one in raw mode, and echoed from here.

import { columnsOf, type Host } from '../host.js';
import { readText } from '../line-reader.js';
import { LineWriter } from '../script/line-writer.js';
import { indented, type Screen, type KeyboardHandler } from './screen.js';
import type { Question } from './typing/questions.js';
import { TypedLine, type KeyAction } from './typing/typed-line.js';

export class PlainScreen implements Screen {
  readonly hasPrompt = false;
  readonly typedRows = null;
  private readonly writer: LineWriter;
  private readonly line = new TypedLine();
  /** False if the output is not a terminal: then the terminal of the input echoes. */
  private readonly hasEcho: boolean;
  private isClosed = false;
  private isHushed = false;

  constructor(
    private readonly host: Pick<Host, 'input' | 'output' | 'onInterrupt' | 'onExit' | 'suspend'>,
    private readonly handler: KeyboardHandler,
  ) {
    this.writer = new LineWriter(host.output);
    this.hasEcho = host.output.isTTY === true && host.input.setRawMode !== undefined;
    if (this.hasEcho) this.readKeys(true);
    host.onInterrupt(() => this.handler.interrupt());
    host.onExit(() => this.close());
    void this.read();
  }

  get hasHalfTyped(): boolean {
    return this.line.half !== '';
  }

  print(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const half = this.isClosed ? '' : this.shownHalf();
    const rows = indented(lines, columnsOf(this.host.output));
    this.writer.write(half === '' ? rows : ['', ...rows]);
    this.show(half);
  }

  printOwn(): boolean {
    return false;
  }

  changeOwn(): boolean {
    return false;
  }

  /** No prompt: it is half a line, and output would be printed behind it. */
  prompt(): void {}

  /** No bell: a screen reader reads every new line. */
  bell(): void {}

  ask(question: Question | null): void {
    this.isHushed = question?.hidesTyped === true;
    if (!this.hasEcho) this.readKeys(this.isHushed);
    if (question !== null) this.print([...question.lines, question.prompt.trimEnd()]);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (this.hasEcho) this.readKeys(false);
    this.host.input.destroy();
  }

  private async read(): Promise<void> {
    for await (const text of readText(this.host.input)) {
      for (const action of this.line.press(text)) {
        if (this.isClosed) return;
        this.perform(action);
      }
    }
    if (!this.isClosed) this.handler.inputClosed();
  }

  private perform(action: KeyAction): void {
    switch (action.type) {
      case 'show':
        return this.isHushed ? undefined : this.show(action.text);
      case 'enter':
        return this.handler.enterLine(action.line);
      case 'interrupt':
        return action.hadText && !this.isHushed ? this.show('\n') : this.handler.interrupt();
      case 'end':
        return this.handler.endInput();
      case 'suspend':
        return this.suspend();
    }
  }

  private suspend(): void {
    this.readKeys(false);
    this.host.suspend(() => {
      this.readKeys(true);
      this.show(this.shownHalf());
    });
  }

  private shownHalf(): string {
    return this.isHushed || !this.hasEcho ? '' : this.line.half;
  }

  private show(text: string): void {
    if (this.hasEcho && this.host.output.writable && text !== '') this.host.output.write(text);
  }

  private readKeys(isRaw: boolean): void {
    this.host.input.setRawMode?.(isRaw);
  }
}

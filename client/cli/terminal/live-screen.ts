// A screen on a terminal with a cursor: output is printed above the half-typed line, which survives (CTRL-18).

import { clearScreenDown, createInterface, cursorTo, moveCursor, type Interface, type Key } from 'node:readline';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { columnsOf, type Host } from '../host.js';
import { letSuspend } from '../suspension.js';
import { indented, type Screen, type KeyboardHandler } from './screen.js';

/**
 * Three undocumented members of readline. `prevRows`: the rows it moves up before it redraws. `isCompletionEnabled`:
 * false while all but the last letter of a pasted text arrive. `_writeToOutput`: prints typed text.
 */
type Lines = Interface & {
  prevRows: number;
  isCompletionEnabled: boolean;
  history: string[];
  _writeToOutput: (text: string) => void;
};

export class LiveScreen implements Screen {
  readonly hasPrompt = true;
  private lines: Lines;
  private shownPrompt = '';
  /** The question whose answer is not shown, while one is open. */
  private secret: string | null = null;
  private isClosed = false;

  constructor(
    private readonly host: Pick<Host, 'input' | 'output' | 'onInterrupt' | 'suspend'>,
    private readonly handler: KeyboardHandler,
  ) {
    this.lines = this.open([]);
    host.input.prependListener('keypress', (_text, key: Key | undefined) => keepPlace(this.lines, key));
    host.input.once('error', () => this.hangUp());
    host.onInterrupt(() => this.interrupt());
  }

  print(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const text = indented(lines, columnsOf(this.host.output))
      .map((row) => `${row}\n`)
      .join('');
    if (this.isClosed) return void this.host.output.write(text);
    const { output } = this.host;
    if (this.secret === null) moveCursor(output, 0, -this.lines.getCursorPos().rows);
    cursorTo(output, 0);
    clearScreenDown(output);
    output.write(text);
    this.showAgain();
  }

  prompt(text: string): void {
    if (text === this.shownPrompt || this.isClosed) return;
    this.shownPrompt = text;
    if (this.secret !== null) return;
    this.lines.setPrompt(text);
    this.lines.prompt(true);
  }

  bell(): void {
    this.host.output.write('\x07');
  }

  askSecret(question: string | null): void {
    this.secret = question;
    this.lines.setPrompt(question ?? this.shownPrompt);
    this.lines.prompt();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.lines.close();
    this.host.output.write('\n');
  }

  private open(history: string[]): Lines {
    const lines = createInterface({
      input: this.host.input,
      output: this.host.output,
      terminal: true,
      prompt: this.shownPrompt,
      history,
      historySize: LIMITS.inputHistoryMax,
      removeHistoryDuplicates: true,
      completer: (line: string) => (this.secret === null ? this.handler.completions(line) : [[], line]),
    }) as Lines;
    const write = lines._writeToOutput.bind(lines);
    lines._writeToOutput = (text) => write(this.secret === null ? text : withoutTyped(text, this.secret));
    lines.on('line', (line) => this.entered(line));
    lines.on('SIGINT', () => this.interrupt());
    lines.on('close', () => this.reopen());
    letSuspend(lines, this.host, () => this.showAgain());
    return lines;
  }

  private entered(line: string): void {
    if (this.secret === null) this.lines.prompt();
    else this.lines.history = this.lines.history.filter((past) => past !== line);
    this.handler.enterLine(line);
  }

  private interrupt(): void {
    if (this.isClosed) return;
    if (this.lines.line === '') return this.handler.interrupt();
    this.lines.write(null, { ctrl: true, name: 'e' });
    this.lines.write(null, { ctrl: true, name: 'u' });
    if (this.secret !== null) this.handler.interrupt();
  }

  /** Draws the half-typed line below the new output. */
  private showAgain(): void {
    this.lines.prevRows = 0;
    this.lines.prompt(true);
  }

  /** Ctrl+D closes what readline opened, but whether that leaves the program is for the handler to say. */
  private reopen(): void {
    if (this.isClosed) return;
    if (this.host.input.readableEnded || this.host.input.destroyed) return this.hangUp();
    this.host.output.write('\n');
    this.lines = this.open(this.lines.history);
    this.lines.prompt();
    this.handler.endInput();
  }

  private hangUp(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.handler.inputClosed();
  }
}

/**
 * Readline appends a pasted text to the line wherever the cursor is, and does not see it wrap. So a paste into the
 * middle goes letter by letter, and the row is set right before the last letter, which readline treats as typed.
 */
function keepPlace(lines: Lines, key: Key | undefined): void {
  if (lines.cursor < lines.line.length && key?.name !== 'tab') lines.isCompletionEnabled = true;
  if (lines.isCompletionEnabled) lines.prevRows = lines.getCursorPos().rows;
}

/** Of what readline shows, the question and the end of the line. */
function withoutTyped(text: string, question: string): string {
  if (text.startsWith(question)) return question;
  return text === '\r\n' ? text : '';
}

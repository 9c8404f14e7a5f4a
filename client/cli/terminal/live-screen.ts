// A screen on a terminal with a cursor: output is printed above the half-typed line, which survives (CTRL-18).

import {
  clearLine,
  clearScreenDown,
  createInterface,
  cursorTo,
  moveCursor,
  type Interface,
  type Key,
} from 'node:readline';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { columnsOf, type Host } from '../host.js';
import { letSuspend } from '../suspension.js';
import { BracketedPaste, PASTE_OFF, PASTE_ON } from './typing/bracketed-paste.js';
import type { Question } from './typing/questions.js';
import { ChangingRows } from './own/changing-rows.js';
import { indented, type Screen, type KeyboardHandler } from './screen.js';

/**
 * Four undocumented members of readline. `prevRows`: the rows it moves up before it redraws. `isCompletionEnabled`:
 * false while all but the last letter of a chunk arrive. `_writeToOutput`: prints typed text. `_ttyWrite`: takes a key.
 */
type Lines = Interface & {
  prevRows: number;
  isCompletionEnabled: boolean;
  history: string[];
  _writeToOutput: (text: string) => void;
  _ttyWrite: (text: string | undefined, key: Key) => void;
};

export class LiveScreen implements Screen {
  readonly hasPrompt = true;
  private lines: Lines;
  private shownPrompt = '';
  private question: Question | null = null;
  /** Typed before the question was asked. */
  private halfTyped = '';
  private readonly paste = new BracketedPaste();
  private isClosed = false;
  private readonly rows = new ChangingRows();
  private typedCount = 0;
  typedRows: string | null = null;

  constructor(
    private readonly host: Pick<Host, 'input' | 'output' | 'onInterrupt' | 'onExit' | 'suspend'>,
    private readonly handler: KeyboardHandler,
  ) {
    this.lines = this.open([]);
    host.output.write(PASTE_ON);
    host.input.prependListener('keypress', (_text, key: Key | undefined) => keepPlace(this.lines, key));
    host.input.once('error', () => this.hangUp());
    host.onInterrupt(() => this.interrupt());
    host.onExit(() => this.close());
  }

  get hasHalfTyped(): boolean {
    return this.question === null ? this.lines.line !== '' : this.halfTyped !== '';
  }

  print(lines: readonly string[]): void {
    if (lines.length > 0) this.printRows(indented(lines, columnsOf(this.host.output)), null);
  }

  printOwn(id: string, lines: readonly string[], typed: string | null): boolean {
    const { output } = this.host;
    const rows = indented(lines, columnsOf(output));
    if (typed !== null) this.rows.rename(typed, id);
    if (this.changeOwn(id, lines)) return true;
    const replaced = typed === null || this.isClosed ? 0 : this.rows.takeLast(id, columnsOf(output));
    if (replaced === null) return false;
    this.printRows(rows, id, replaced);
    return true;
  }

  changeOwn(id: string, lines: readonly string[]): boolean {
    const { output } = this.host;
    const rows = indented(lines, columnsOf(output));
    const above = this.rows.above(id, rows.length, columnsOf(output));
    if (above === null || this.isClosed || this.hidesTyped) return false;
    const cursor = this.lines.getCursorPos();
    if (above + cursor.rows >= (output.rows ?? 0)) return false;
    moveCursor(output, 0, -above - cursor.rows);
    cursorTo(output, 0);
    for (const row of rows) {
      clearLine(output, 0);
      output.write(`${row}\n`);
    }
    moveCursor(output, 0, above + cursor.rows - rows.length);
    cursorTo(output, cursor.cols);
    return true;
  }

  /** `replaced`: how many rows above are overwritten. */
  private printRows(rows: readonly string[], id: string | null, replaced = 0): void {
    this.rows.printed(rows.length, columnsOf(this.host.output), id);
    const text = rows.map((row) => `${row}\n`).join('');
    if (this.isClosed) return void this.host.output.write(text);
    const { output } = this.host;
    const typed = this.hidesTyped ? 0 : this.lines.getCursorPos().rows;
    moveCursor(output, 0, -typed - replaced);
    cursorTo(output, 0);
    clearScreenDown(output);
    output.write(text);
    this.showAgain();
  }

  prompt(text: string): void {
    if (text === this.shownPrompt || this.isClosed) return;
    this.shownPrompt = text;
    if (this.question !== null) return;
    this.lines.setPrompt(text);
    this.lines.prompt(true);
  }

  bell(): void {
    this.host.output.write('\x07');
  }

  ask(question: Question | null): void {
    if (question !== null && this.question === null) this.halfTyped = this.lines.line;
    if (question !== null) this.print(question.lines);
    this.setLine('');
    this.question = question;
    this.lines.setPrompt(question?.prompt ?? this.shownPrompt);
    this.lines.prompt();
    if (question === null) this.setLine(this.halfTyped);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.lines.close();
    this.host.output.write(`${PASTE_OFF}\n`);
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
      completer: (line: string) => (this.question === null ? this.handler.completions(line) : [[], line]),
    }) as Lines;
    const write = lines._writeToOutput.bind(lines);
    lines._writeToOutput = (text) => {
      this.countRows(text, lines);
      write(this.hidesTyped ? withoutTyped(text, this.question?.prompt ?? '') : text);
    };
    const press = lines._ttyWrite.bind(lines);
    lines._ttyWrite = (text, key) => this.press(text, key, press);
    lines.on('line', (line) => this.entered(line));
    lines.on('SIGINT', () => this.interrupt());
    lines.on('close', () => this.reopen());
    letSuspend(lines, this.host, () => this.resumed());
    return lines;
  }

  /** Enter ends the rows of the typed line. All else with a line break is a list of words for Tab. */
  private countRows(text: string, lines: Lines): void {
    if (!text.includes('\n')) return;
    if (text !== '\r\n' || this.hidesTyped) return this.rows.forget();
    this.typedCount += 1;
    this.typedRows = this.question === null ? `typed ${this.typedCount}` : null;
    this.rows.printed(lines.getCursorPos().rows + 1, columnsOf(this.host.output), this.typedRows);
  }

  private resumed(): void {
    this.rows.forget();
    this.showAgain();
  }

  private entered(line: string): void {
    if (this.question === null) this.lines.prompt();
    else this.lines.history = this.lines.history.filter((past) => past !== line);
    this.handler.enterLine(line);
  }

  private get hidesTyped(): boolean {
    return this.question?.hidesTyped === true;
  }

  private press(text: string | undefined, key: Key, typed: (text: string | undefined, key: Key) => void): void {
    const step = this.paste.press(text, key);
    if (step.type === 'typed') typed(text, key);
    if (step.type === 'pasted') this.pasted(step.text);
  }

  /** A text of one line is typed for the person, who then presses Enter. One with line breaks is never a command. */
  private pasted(text: string): void {
    if (!text.includes('\n') || this.question !== null) return this.lines.write(text.replaceAll('\n', ' '));
    const { line, cursor } = this.lines;
    this.setLine('');
    if (!this.handler.pasteText(line.slice(0, cursor) + text + line.slice(cursor))) this.setLine(line);
  }

  private setLine(text: string): void {
    this.lines.write(null, { ctrl: true, name: 'e' });
    this.lines.write(null, { ctrl: true, name: 'u' });
    if (text !== '') this.lines.write(text);
  }

  private interrupt(): void {
    if (this.isClosed) return;
    if (this.lines.line === '') return this.handler.interrupt();
    this.setLine('');
    if (this.question !== null) this.handler.interrupt();
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
    this.rows.forget();
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

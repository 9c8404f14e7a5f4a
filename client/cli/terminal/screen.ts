// The screen of a terminal. There are two: one redraws the line being typed, one prints whole lines only.

import { wrappedLine } from '../../../protocols/kit/text/wrapped-line.js';
import type { Question } from './typing/questions.js';

/** Rows below the first one of a line start here, unless its drawing has wrapped it. */
const INDENT = 8;

/** Lines as rows of a terminal: none but the first row of a line starts at its left edge (CTRL-27). */
export function indented(lines: readonly string[], columns: number | undefined): readonly string[] {
  if (columns === undefined) return lines;
  return lines.flatMap((line) => line.split('\n')).flatMap((line) => wrappedLine(line, { columns, indent: INDENT }));
}

export interface Screen {
  /** Prints whole lines above the line being typed. */
  print(lines: readonly string[]): void;
  /** The name of the rows on which the last line was typed, for `printOwn`; null if they cannot be found again. */
  readonly typedRows: string | null;
  /**
   * Prints lines that can change, in place of the rows on which they were typed, if they were typed. False if that is
   * not possible: then nothing was printed.
   */
  printOwn(id: string, lines: readonly string[], typed: string | null): boolean;
  /** Changes such lines in place. False if they are out of reach. */
  changeOwn(id: string, lines: readonly string[]): boolean;
  /** False if this screen never shows a prompt. */
  readonly hasPrompt: boolean;
  /** True if a line was begun and not entered. */
  readonly hasHalfTyped: boolean;
  prompt(text: string): void;
  bell(): void;
  /** Asks: the next line is the answer. Null: the usual prompt again, with the line that was half typed before. */
  ask(question: Question | null): void;
  close(): void;
}

/** What the keys of the person at the screen do. */
export interface KeyboardHandler {
  enterLine(line: string): void;
  /** A text with line breaks, with what was typed around it. False if it has no use here; an advice was printed. */
  pasteText(text: string): boolean;
  /** Ctrl+C on an empty line. */
  interrupt(): void;
  /** Ctrl+D on an empty line. The input stays open. */
  endInput(): void;
  /** The input is closed for good, for example with its window. */
  inputClosed(): void;
  /** The words that Tab offers, and the part of the line they replace. */
  completions(line: string): [words: string[], replaced: string];
}

// The screen of a terminal. There are two: one redraws the line being typed, one prints whole lines only.

export interface Screen {
  /** Prints whole lines above the line being typed. */
  print(lines: readonly string[]): void;
  /** False if this screen never shows a prompt. */
  readonly hasPrompt: boolean;
  prompt(text: string): void;
  bell(): void;
  /** Asks, and hides what is typed from then on. Null: shows typed text again. */
  askSecret(question: string | null): void;
  close(): void;
}

/** What the keys of the person at the screen do. */
export interface KeyboardHandler {
  enterLine(line: string): void;
  /** Ctrl+C on an empty line. */
  interrupt(): void;
  /** Ctrl+D on an empty line. The input stays open. */
  endInput(): void;
  /** The input is closed for good, for example with its window. */
  inputClosed(): void;
  /** The words that Tab offers, and the part of the line they replace. */
  completions(line: string): [words: string[], replaced: string];
}

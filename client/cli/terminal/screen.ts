// Where a terminal's lines go and come from. Two kinds: one that redraws the line being typed, one for plain lines.

export interface Screen {
  /** Whole lines, above whatever is being typed. */
  print(lines: readonly string[]): void;
  /** False where a prompt is not shown. */
  readonly hasPrompt: boolean;
  prompt(text: string): void;
  bell(): void;
  /** Asks, and shows nothing of what is typed from here on; null: shows everything again. */
  askSecret(question: string | null): void;
  close(): void;
}

/** What the person at the screen does. */
export interface KeyboardHandler {
  typed(line: string): void;
  /** Ctrl+C while no half-typed line could be meant. */
  interrupted(): void;
  /** Ctrl+D on an empty line. */
  endedLine(): void;
  /** The input is gone for good: the window was closed. */
  left(): void;
  /** What Tab offers: words, and the part of the line they replace. */
  completions(line: string): [words: string[], replaced: string];
}

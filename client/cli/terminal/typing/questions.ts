// Questions to the person at the terminal, one at a time. The next typed line is the answer.

/** `lines`: printed above the question. `hidesTyped`: the answer is not shown while it is typed. */
export interface Question {
  readonly lines: readonly string[];
  readonly prompt: string;
  readonly hidesTyped: boolean;
}

export class Questions {
  private last: Promise<unknown> = Promise.resolve();
  private take: ((typed: string | null) => void) | null = null;
  private isClosed = false;

  /** `show`: shows a question, or with null the usual prompt again. */
  constructor(private readonly show: (question: Question | null) => void) {}

  get isOpen(): boolean {
    return this.take !== null;
  }

  /** The typed answer, or null if the person gave none. A later question waits for the earlier ones. */
  ask(question: Question): Promise<string | null> {
    const answer = this.last.then(() => this.open(question));
    this.last = answer;
    return answer;
  }

  /** True if the person agreed. */
  async agrees(lines: readonly string[], prompt: string): Promise<boolean> {
    const typed = await this.ask({ lines, prompt, hidesTyped: false });
    return /^y(es)?$/i.test(typed?.trim() ?? '');
  }

  /** Answers the open question; null for Ctrl+C. */
  answer(typed: string | null): void {
    const { take } = this;
    this.take = null;
    this.show(null);
    take?.(typed);
  }

  /** No person is left: the open question and all later ones have no answer. */
  close(): void {
    this.isClosed = true;
    if (this.isOpen) this.answer(null);
  }

  private open(question: Question): Promise<string | null> {
    if (this.isClosed) return Promise.resolve(null);
    this.show(question);
    return new Promise((settle) => (this.take = settle));
  }
}

// Questions to a machine that wait for the effect with their answer: one promise for each reference number.

export interface PendingAnswersOptions<Question, Answer> {
  /** Gives the question to the machine. Its answer comes back by `resolve` with the same number, from 1 upwards. */
  readonly send: (ref: number, question: Question) => void;
  /** Above `most` waiting questions, the answer is `refusal` and nothing is sent. Absent: no bound. */
  readonly bound?: { readonly most: number; readonly refusal: Answer };
}

interface Pending<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
}

export class PendingAnswers<Question, Answer> {
  private readonly pending = new Map<number, Pending<Question, Answer>>();
  private lastRef = 0;

  constructor(private readonly options: PendingAnswersOptions<Question, Answer>) {}

  ask(question: Question): Promise<Answer> {
    const { send, bound } = this.options;
    if (bound && this.pending.size >= bound.most) return Promise.resolve(bound.refusal);
    this.lastRef += 1;
    const ref = this.lastRef;
    return new Promise((resolve) => {
      this.pending.set(ref, { question, resolve });
      send(ref, question);
    });
  }

  /** Ignored if no question with this number waits. */
  resolve(ref: number, answer: Answer): void {
    this.pending.get(ref)?.resolve(answer);
    this.pending.delete(ref);
  }

  /** Gives every waiting question the same answer. */
  resolveAll(answer: Answer): void {
    for (const { resolve } of this.pending.values()) resolve(answer);
    this.pending.clear();
  }

  /** Sends the waiting questions again, because another machine answers them now. */
  resend(): void {
    for (const [ref, { question }] of this.pending) this.options.send(ref, question);
  }
}

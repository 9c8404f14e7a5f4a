// Commands `online` without an answer: each is answered when a session opens or is refused, at the latest after 5 s.

import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';

export class OnlineCommands {
  private readonly alarms: PartAlarms;
  private waiting: number[] = [];

  constructor(private readonly context: Context) {
    this.alarms = context.alarms.for('online');
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  add(ref: number): void {
    this.waiting.push(ref);
    this.alarms.set(ref, this.context.now + LIMITS.serverAnswerMs, () =>
      this.answerOne(ref, new Refusal('SERVER_AWAY', this.context.options.server)),
    );
  }

  /** Answers all: with success where `refusal` is null. */
  answer(refusal: Refusal | null): void {
    for (const ref of [...this.waiting]) this.answerOne(ref, refusal);
  }

  private answerOne(ref: number, refusal: Refusal | null): void {
    this.alarms.drop(ref);
    this.waiting = this.waiting.filter((waiting) => waiting !== ref);
    if (refusal) this.context.refuse(ref, refusal);
    else this.context.succeed(ref, 'online', { user: this.context.me.name });
  }
}

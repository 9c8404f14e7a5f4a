// Questions to the name server's REST: answered in time, answered late, or `away` although they may have been heard.

import type { Input, Question, QuestionAnswer } from '../../../client/engine/core/io.js';
import type { Town } from '../network/town.js';
import type { Life } from './life.js';

const PATIENCE_MS = 5_000;

export class QuestionPort {
  constructor(
    private readonly town: Town,
    private readonly life: Life,
    private readonly put: (input: Input) => void,
  ) {}

  ask(place: string, ref: number, question: Question): void {
    let isSettled = false;
    const settle = this.life.guarded((answer: QuestionAnswer) => {
      if (isSettled) return;
      isSettled = true;
      this.put({ type: 'answered', ref, answer });
    });
    this.life.after(PATIENCE_MS, () => settle({ type: 'away', reason: 'no answer in time' }));
    this.life.after(this.town.ground.latency(), () => this.carry(place, question, settle));
  }

  private carry(place: string, question: Question, settle: (answer: QuestionAnswer) => void): void {
    const { ground, server, run } = this.town;
    if (server === null) return settle({ type: 'away', reason: 'connection refused' });
    if (!ground.isReachable(place, server.place)) return;
    server.question(copy(question), (answer) => {
      if (ground.chance('answerLoss') || !ground.isReachable(place, server.place)) run.tally.add('answers lost');
      else run.timeline.after(ground.latency(), () => settle(answer));
    });
  }
}

/** What crosses the network is text: nothing is shared by reference. */
function copy(question: Question): Question {
  return JSON.parse(JSON.stringify(question)) as Question;
}

// Simulated REST requests to the name server: answered, answered late, or lost after they may have been processed.

import type { Input, Question, QuestionAnswer } from '../../../client/engine/core/io.js';
import type { SimulatedNetwork } from '../network/simulated-network.js';
import type { Incarnation } from './incarnation.js';

const PATIENCE_MS = 5_000;

export class QuestionPort {
  constructor(
    private readonly network: SimulatedNetwork,
    /** The origin of the name server. */
    private readonly origin: string,
    private readonly incarnation: Incarnation,
    private readonly put: (input: Input) => void,
  ) {}

  ask(place: string, ref: number, question: Question): void {
    let isSettled = false;
    const settle = this.incarnation.guarded((answer: QuestionAnswer) => {
      if (isSettled) return;
      isSettled = true;
      this.put({ type: 'answered', ref, answer });
    });
    this.incarnation.after(PATIENCE_MS, () => settle({ type: 'away', reason: 'no answer in time' }));
    this.incarnation.after(this.network.model.latencyMs(), () => this.carry(place, question, settle));
  }

  private carry(place: string, question: Question, settle: (answer: QuestionAnswer) => void): void {
    const { model, run } = this.network;
    const server = this.network.serverAt(this.origin, place);
    if (server === null) return settle({ type: 'away', reason: 'connection refused' });
    if (!model.isReachable(place, server.node)) return;
    server.question(copy(question), (answer) => {
      if (model.chance('answerLoss') || !model.isReachable(place, server.node)) run.tally.add('answers lost');
      else run.timeline.after(model.latencyMs(), () => settle(answer));
    });
  }
}

/** A copy, because the network carries text and shares no objects. */
function copy(question: Question): Question {
  return JSON.parse(JSON.stringify(question)) as Question;
}

// A process of a benchmark: started from a compiled file, asked and answering over Node's own channel, ended with the
// run.

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export class Child {
  private readonly process: ChildProcess;

  /** `file`: beside this one, without `.js`. */
  constructor(file: string, ...flags: string[]) {
    const path = fileURLToPath(new URL(`${file}.js`, import.meta.url));
    this.process = fork(path, flags, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** Sends a question and gives the one answer. One at a time. */
  ask<Answer>(question: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const died = (): void => reject(new Error('a process of the benchmark ended too soon'));
      this.process.once('exit', died);
      this.process.once('message', (answer) => {
        this.process.off('exit', died);
        resolve(answer as Answer);
      });
      this.process.send(question);
    });
  }

  end(): void {
    this.process.removeAllListeners('exit');
    this.process.kill('SIGKILL');
  }
}

/** Makes the process that runs this one that answers questions. It ends with the process that asks. */
export function serveQuestions(answer: (question: Record<string, unknown>) => Promise<object>): void {
  process.once('disconnect', () => process.exit());
  process.on('message', (question: Record<string, unknown>) => {
    void answer(question).then((reply) => process.send?.(reply));
  });
}

// What a script needs of its output: one for programs (`--json`), one for people.

import type { Answer, ClientEvent } from '../../../protocols/control/answer.js';
import type { Ready } from '../../../protocols/control/engine.js';
import type { Reply } from '../shell.js';

export interface Printer {
  ready(ready: Ready): void;
  /** `line`: the command line as it was given. */
  reply(line: string, reply: Reply): void;
  event(event: ClientEvent): void;
  /** The client ended with the input: what has not arrived is named. */
  remains(answer: Answer): void;
  /** Settles once the reader has caught up: nothing piles up before a slow one. */
  drained(): Promise<void>;
}

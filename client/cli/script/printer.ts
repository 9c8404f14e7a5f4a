// What a script needs of its output: one for programs (`--json`), one for people.

import type { Answer } from '../../../protocols/control/answer.js';
import type { ClientEvent } from '../../../protocols/control/event.js';
import type { Ready } from '../../../protocols/control/client-api.js';
import type { CommandResult } from '../command-runner.js';

export interface Printer {
  ready(ready: Ready): void;
  /** `line`: the command line as it was given. */
  result(line: string, reply: CommandResult): void;
  event(event: ClientEvent): void;
  /** The client ended with the input: what has not arrived is named. */
  unsent(answer: Answer): void;
  /** Settles once the reader has caught up: nothing piles up before a slow one. */
  drained(): Promise<void>;
}

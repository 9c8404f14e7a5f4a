// The output of a script. Implemented for programs (`--json`) and for people.

import type { Answer } from '../../../protocols/control/answer.js';
import type { ClientEvent } from '../../../protocols/control/event.js';
import type { Ready } from '../../../protocols/control/client-api.js';
import type { CommandResult } from '../command-runner.js';

export interface Printer {
  ready(ready: Ready): void;
  /** `line`: the command line as typed. */
  result(line: string, result: CommandResult): void;
  event(event: ClientEvent): void;
  /** The input ended, and the client with it: names the messages that are still queued. */
  unsent(answer: Answer): void;
  /** What the reader has not taken yet. */
  readonly waitingBytes: number;
  /** Settles when the reader has caught up, so that output for a slow reader stays bounded. */
  drained(): Promise<void>;
}

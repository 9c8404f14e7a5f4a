// What has not arrived yet, whichever part holds it: the commands `outbox` and `cancel`, and what `exit` lists.

import type { OutboxMessage } from '../../../protocols/control/commands/messages.js';
import type { Context } from '../core/context.js';
import type { CommandOf, Part } from '../core/part.js';

/** A part with messages or downloads that wait. */
export interface WaitingSource {
  /** What waits, oldest first. */
  waiting(): OutboxMessage[];
  /** Answers the command where the id is one of its own; false for any other. */
  cancel(ref: number, id: string): boolean;
}

export class WaitingMessages implements Part {
  readonly commands = {
    outbox: (ref: number) => this.context.succeed(ref, 'outbox', { messages: this.all() }),
    cancel: (ref: number, { id }: CommandOf<'cancel'>) => this.cancel(ref, id),
  };
  private readonly sources: WaitingSource[] = [];

  constructor(private readonly context: Context) {}

  /** Sources are listed in the order in which they register. */
  add(source: WaitingSource): void {
    this.sources.push(source);
  }

  all(): OutboxMessage[] {
    return this.sources.flatMap((source) => source.waiting());
  }

  private cancel(ref: number, id: string): void {
    const isFound = this.sources.some((source) => source.cancel(ref, id));
    if (!isFound) this.context.refuseWith(ref, 'MESSAGE_UNKNOWN', id);
  }
}

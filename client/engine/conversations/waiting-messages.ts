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
  /** Downloads that are not complete. */
  readonly downloadsWaiting?: number;
}

export class WaitingMessages implements Part {
  readonly commands = {
    outbox: (ref: number) => this.context.succeed(ref, 'outbox', { messages: this.all(), downloads: this.downloads() }),
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

  /** The number of downloads that are not complete. */
  private downloads(): number {
    return this.sources.reduce((sum, { downloadsWaiting = 0 }) => sum + downloadsWaiting, 0);
  }

  private cancel(ref: number, id: string): void {
    const isFound = this.sources.some((source) => source.cancel(ref, id));
    if (!isFound) this.context.refuseWith(ref, 'MESSAGE_UNKNOWN', id);
  }
}

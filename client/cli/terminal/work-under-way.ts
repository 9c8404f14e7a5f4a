// The typed commands that have no result yet, and the transfers that are shown: what Ctrl+C stops, and what `exit`
// would cut off.

import type { ClientApi } from '../../../protocols/control/client-api.js';
import type { ParsedCommand } from '../../../protocols/control/command.js';
import { counted, excerpt } from '../draw/view-options.js';

/** Commands that Ctrl+C stops elsewhere (`wait`), or that end by themselves at once. */
const NOT_STOPPED: ReadonlySet<ParsedCommand['type']> = new Set(['wait', 'exit', 'leave', 'help', 'cancel'] as const);

export class WorkUnderWay {
  private readonly running = new Map<ParsedCommand, string>();

  /** `shownTransfers`: the ids of transfers whose progress is shown, also those of an earlier start. */
  constructor(
    private readonly api: ClientApi,
    private readonly shownTransfers: () => readonly string[],
  ) {}

  started(command: ParsedCommand, line: string): void {
    if (!NOT_STOPPED.has(command.type)) this.running.set(command, line);
  }

  ended(command: ParsedCommand | null): void {
    if (command !== null) this.running.delete(command);
  }

  /** Cancels transfers and waits no longer for the rest. The lines that say so; none if there was nothing to stop. */
  stop(): string[] {
    const transfers = this.transfers();
    const others = [...this.running].filter(([{ type }]) => type !== 'post_get' && type !== 'post_upload');
    // An upload that shows no progress yet has no id to cancel it by: `exit` still asks about it.
    for (const command of [...this.running.keys()]) if (command.type !== 'post_upload') this.running.delete(command);
    for (const id of transfers) void this.api.command({ type: 'cancel', id });
    return [
      ...(transfers.length === 0 ? [] : [`Cancelled ${counted(transfers.length, 'transfer')}.`]),
      ...others.map(
        ([, line]) => `Not waiting any more for: ${excerpt(line.trim())}. If it is done later, it is shown.`,
      ),
    ];
  }

  /** What the person should know before the program ends; none if nothing is cut off. */
  cutOffByExit(): string[] {
    const uploads = [...this.running.keys()].filter(({ type }) => type === 'post_upload').length;
    const count = Math.max(this.transfers().length, uploads);
    if (count === 0) return [];
    return [
      `${counted(count, 'transfer')} not complete. A download continues when you start again, an upload does not.`,
    ];
  }

  private transfers(): string[] {
    const asked = [...this.running.keys()].flatMap((command) => (command.type === 'post_get' ? [command.id] : []));
    return [...new Set([...asked, ...this.shownTransfers()])];
  }
}

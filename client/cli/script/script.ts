// Runs the lines of a pipe or of `-c`, one at a time, in order. The end of the input is an exit (CTRL-15, CTRL-16).

import type { ClientApi, Ready } from '../../../protocols/control/client-api.js';
import { isComment } from '../../../protocols/control/line/parse-line.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { EXIT } from '../../../runtime/process/exit.js';
import type { Host } from '../host.js';
import { hasRestored, type CommandResult, type CommandRunner } from '../command-runner.js';
import { LineWriter } from './line-writer.js';
import type { Printer } from './printer.js';

export interface ScriptOptions {
  readonly api: ClientApi;
  readonly ready: Ready;
  readonly runner: CommandRunner;
  readonly printer: Printer;
  readonly lines: AsyncIterable<string> | Iterable<string>;
  readonly host: Pick<Host, 'onInterrupt' | 'errors'>;
}

const UNREAD =
  'The output is not read: too much of it waits. The client ends; what arrived is in the history. ' +
  'Read the output, then start again.';

export class Script {
  private hasRefused = false;
  private isInterrupted = false;
  private isUnread = false;

  constructor(private readonly options: ScriptOptions) {}

  /** Resolves to the exit code: 3 if a command was refused, 130 if Ctrl+C ended it, 1 if the output is not read. */
  async run(): Promise<number> {
    const { printer, ready, host } = this.options;
    const interrupted = new Promise<number>((settle) => {
      host.onInterrupt(() => {
        this.isInterrupted = true;
        settle(EXIT.interrupted);
      });
    });
    printer.ready(ready); // a reader of this line may interrupt at once
    return Promise.race([this.runLines(), interrupted, this.printEvents()]);
  }

  /** Settles if the reader of the output takes nothing: events cannot wait for it, and memory is bounded. */
  private printEvents(): Promise<number> {
    const { api, printer, runner, host } = this.options;
    return new Promise((settle) => {
      api.onEvent((event) => {
        if (this.isUnread) return;
        runner.handleEvent(event);
        printer.event(event);
        this.isUnread = printer.waitingBytes > LIMITS.outputWaitingBytes;
        if (!this.isUnread) return;
        new LineWriter(host.errors).write([UNREAD]);
        settle(EXIT.usage);
      });
    });
  }

  private async runLines(): Promise<number> {
    const { api, printer, lines } = this.options;
    for await (const line of lines) {
      if (this.isInterrupted || this.isUnread) break;
      const result = await this.runLine(line);
      if (result?.command?.type === 'exit') return this.exitCode();
      if (result && hasRestored(result)) break;
    }
    if (this.isInterrupted) return EXIT.interrupted;
    const answer = await api.command({ type: 'exit' });
    printer.unsent(answer);
    return this.exitCode();
  }

  private async runLine(line: string): Promise<CommandResult | null> {
    const { runner, printer } = this.options;
    if (isComment(line)) return null;
    const result = await runner.run(line);
    if (!result || this.isInterrupted || this.isUnread) return null;
    this.hasRefused ||= !result.ok;
    printer.result(line, result);
    await printer.drained();
    return result;
  }

  private exitCode(): number {
    return this.hasRefused ? EXIT.refused : EXIT.ok;
  }
}

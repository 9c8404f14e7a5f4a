// Runs the lines of a pipe or of `-c`, one at a time, in order. The end of the input is an exit (CTRL-15, CTRL-16).

import type { ClientApi, Ready } from '../../../protocols/control/client-api.js';
import { isComment } from '../../../protocols/control/line/parse-line.js';
import { EXIT } from '../../../runtime/process/exit.js';
import type { Host } from '../host.js';
import { hasRestored, type CommandResult, type CommandRunner } from '../command-runner.js';
import type { Printer } from './printer.js';

export interface ScriptOptions {
  readonly api: ClientApi;
  readonly ready: Ready;
  readonly runner: CommandRunner;
  readonly printer: Printer;
  readonly lines: AsyncIterable<string> | Iterable<string>;
  readonly host: Pick<Host, 'onInterrupt'>;
}

export class Script {
  private hasRefused = false;
  private isInterrupted = false;

  constructor(private readonly options: ScriptOptions) {}

  /** Resolves to the exit code: 3 if a command was refused, 130 if Ctrl+C ended it. */
  async run(): Promise<number> {
    const { api, printer, ready, runner, host } = this.options;
    const interrupted = new Promise<number>((settle) => {
      host.onInterrupt(() => {
        this.isInterrupted = true;
        settle(EXIT.interrupted);
      });
    });
    printer.ready(ready); // a reader of this line may interrupt at once
    api.onEvent((event) => {
      runner.handleEvent(event);
      printer.event(event);
    });
    return Promise.race([this.runLines(), interrupted]);
  }

  private async runLines(): Promise<number> {
    const { api, printer, lines } = this.options;
    for await (const line of lines) {
      if (this.isInterrupted) break;
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
    if (!result || this.isInterrupted) return null;
    this.hasRefused ||= !result.ok;
    printer.result(line, result);
    await printer.drained();
    return result;
  }

  private exitCode(): number {
    return this.hasRefused ? EXIT.refused : EXIT.ok;
  }
}

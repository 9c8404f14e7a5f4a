// Runs the lines of a pipe or of `-c`, one at a time and in order; the end of the input is an exit (CTRL-15, CTRL-16).

import type { ClientApi, Ready } from '../../../protocols/control/client-api.js';
import { isComment } from '../../../protocols/control/line/parse-line.js';
import { EXIT } from '../../../runtime/exit.js';
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

  constructor(private readonly parts: ScriptOptions) {}

  /** Gives the exit code: 3 where a command was refused, 130 where Ctrl+C ended it. */
  async run(): Promise<number> {
    const { api: engine, printer, ready, runner: runner, host } = this.parts;
    const interrupted = new Promise<number>((settle) => {
      host.onInterrupt(() => {
        this.isInterrupted = true;
        settle(EXIT.interrupted);
      });
    });
    printer.ready(ready); // whoever hears it may interrupt at once
    engine.onEvent((event) => {
      runner.handleEvent(event);
      printer.event(event);
    });
    return Promise.race([this.runLines(), interrupted]);
  }

  private async runLines(): Promise<number> {
    const { api: engine, printer, lines } = this.parts;
    for await (const line of lines) {
      if (this.isInterrupted) break;
      const reply = await this.runLine(line);
      if (reply?.command?.type === 'exit') return this.exitCode();
      if (reply && hasRestored(reply)) break;
    }
    if (this.isInterrupted) return EXIT.interrupted;
    const answer = await engine.command({ type: 'exit' });
    printer.unsent(answer);
    return this.exitCode();
  }

  private async runLine(line: string): Promise<CommandResult | null> {
    const { runner: runner, printer } = this.parts;
    if (isComment(line)) return null;
    const reply = await runner.run(line);
    if (!reply || this.isInterrupted) return null;
    this.hasRefused ||= !reply.ok;
    printer.result(line, reply);
    await printer.drained();
    return reply;
  }

  private exitCode(): number {
    return this.hasRefused ? EXIT.refused : EXIT.ok;
  }
}

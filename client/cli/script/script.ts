// Runs the lines of a pipe or of `-c`, one at a time and in order; the end of the input is an exit (CTRL-15, CTRL-16).

import type { Engine, Ready } from '../../../protocols/control/engine.js';
import { isComment } from '../../../protocols/control/line/parse-line.js';
import { EXIT } from '../../../runtime/exit.js';
import type { Host } from '../host.js';
import { isRestored, type Reply, type Shell } from '../shell.js';
import type { Printer } from './printer.js';

export interface ScriptParts {
  readonly engine: Engine;
  readonly ready: Ready;
  readonly shell: Shell;
  readonly printer: Printer;
  readonly lines: AsyncIterable<string> | Iterable<string>;
  readonly host: Pick<Host, 'onInterrupt'>;
}

export class Script {
  private hasRefused = false;
  private isInterrupted = false;

  constructor(private readonly parts: ScriptParts) {}

  /** Gives the exit code: 3 where a command was refused, 130 where Ctrl+C ended it. */
  async run(): Promise<number> {
    const { engine, printer, ready, shell, host } = this.parts;
    const interrupted = new Promise<number>((settle) => {
      host.onInterrupt(() => {
        this.isInterrupted = true;
        settle(EXIT.interrupted);
      });
    });
    printer.ready(ready); // whoever hears it may interrupt at once
    engine.onEvent((event) => {
      shell.happened(event);
      printer.event(event);
    });
    return Promise.race([this.runLines(), interrupted]);
  }

  private async runLines(): Promise<number> {
    const { engine, printer, lines } = this.parts;
    for await (const line of lines) {
      if (this.isInterrupted) break;
      const reply = await this.runLine(line);
      if (reply?.told?.type === 'exit') return this.exitCode();
      if (reply && isRestored(reply)) break;
    }
    if (this.isInterrupted) return EXIT.interrupted;
    const answer = await engine.command({ type: 'exit' });
    printer.remains(answer);
    return this.exitCode();
  }

  private async runLine(line: string): Promise<Reply | null> {
    const { shell, printer } = this.parts;
    if (isComment(line)) return null;
    const reply = await shell.run(line);
    if (!reply || this.isInterrupted) return null;
    this.hasRefused ||= !reply.ok;
    printer.reply(line, reply);
    await printer.drained();
    return reply;
  }

  private exitCode(): number {
    return this.hasRefused ? EXIT.refused : EXIT.ok;
  }
}

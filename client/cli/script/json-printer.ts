// The output of `--json` (docs/contract.md): one object a line, and nothing else.

import type { Writable } from 'node:stream';
import type { Answer } from '../../../protocols/control/answer.js';
import type { ClientEvent } from '../../../protocols/control/event.js';
import type { Ready } from '../../../protocols/control/client-api.js';
import { refusalText } from '../../../protocols/kit/refusals.js';
import { escapeJson } from '../../../protocols/kit/sanitize.js';
import { drawUnsent } from '../draw/answers/messages.js';
import type { ViewOptions } from '../draw/view-options.js';
import type { CommandResult } from '../command-runner.js';
import { LineWriter } from './line-writer.js';
import type { Printer } from './printer.js';

export class JsonPrinter implements Printer {
  private readonly writer: LineWriter;

  constructor(
    output: Writable,
    private readonly errors: Writable,
    private readonly view: () => ViewOptions,
  ) {
    this.writer = new LineWriter(output);
  }

  ready({ user, tcp, udp, version }: Ready): void {
    this.print({ type: 'ready', user, tcp, udp, version });
  }

  result(line: string, result: CommandResult): void {
    const outcome = result.ok ? { data: result.data } : { error: errorOf(result) };
    this.print({ type: 'result', command: line, ok: result.ok, ...outcome });
  }

  event({ event, ...fields }: ClientEvent): void {
    this.print({ type: 'event', event, ...fields });
  }

  unsent(answer: Answer): void {
    if (answer.ok && 'waiting' in answer.data) new LineWriter(this.errors).write(drawUnsent(answer.data, this.view()));
  }

  get waitingBytes(): number {
    return this.writer.waitingBytes;
  }

  drained(): Promise<void> {
    return this.writer.drained();
  }

  private print(value: object): void {
    this.writer.write([jsonLine(value)]);
  }
}

function errorOf({ refusal }: Extract<CommandResult, { ok: false }>): { code: string; message: string } {
  return { code: refusal.code, message: refusalText(refusal) };
}

/** One line of JSON without control characters; it parses to the same value. */
export function jsonLine(value: object): string {
  return escapeJson(JSON.stringify(value));
}

// The JSON face (docs/contract.md, `--json`): one object per line on the output, nothing else there.

import type { Writable } from 'node:stream';
import type { Answer, ClientEvent } from '../../../protocols/control/answer.js';
import type { Ready } from '../../../protocols/control/engine.js';
import { refusalText } from '../../../protocols/kit/refusals.js';
import { HARMFUL } from '../../../protocols/kit/text.js';
import { drawRemains } from '../draw/answers/messages.js';
import type { Look } from '../draw/look.js';
import type { Reply } from '../shell.js';
import { Outlet } from './outlet.js';
import type { Printer } from './printer.js';

export class JsonPrinter implements Printer {
  private readonly outlet: Outlet;

  constructor(
    output: Writable,
    private readonly errors: Writable,
    private readonly look: () => Look,
  ) {
    this.outlet = new Outlet(output);
  }

  ready({ user, tcp, udp, version }: Ready): void {
    this.print({ type: 'ready', user, tcp, udp, version });
  }

  reply(line: string, reply: Reply): void {
    const result = { type: 'result', command: line, ok: reply.ok };
    this.print(reply.ok ? { ...result, data: reply.data } : { ...result, error: errorOf(reply) });
  }

  event({ event, ...fields }: ClientEvent): void {
    this.print({ type: 'event', event, ...fields });
  }

  remains(answer: Answer): void {
    if (answer.ok && 'waiting' in answer.data) new Outlet(this.errors).lines(drawRemains(answer.data, this.look()));
  }

  drained(): Promise<void> {
    return this.outlet.drained();
  }

  private print(value: object): void {
    this.outlet.lines([jsonLine(value)]);
  }
}

function errorOf({ refusal }: Extract<Reply, { ok: false }>): { code: string; message: string } {
  return { code: refusal.code, message: refusalText(refusal) };
}

/** One line of JSON that no terminal obeys, and that reads back as the very same value: JSON itself escapes only C0. */
export function jsonLine(value: object): string {
  return JSON.stringify(value).replace(HARMFUL, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

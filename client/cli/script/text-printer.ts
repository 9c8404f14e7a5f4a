// A script's output for people: whole plain lines. Refusals go to the error stream, so that the rest can be piped on.

import type { Writable } from 'node:stream';
import type { Answer, ClientEvent } from '../../../protocols/control/answer.js';
import { drawEvent } from '../draw/events.js';
import type { Look } from '../draw/look.js';
import { ProgressMeter } from '../draw/progress-meter.js';
import { drawRemains } from '../draw/answers/messages.js';
import { drawReply } from '../draw/replies.js';
import type { Reply } from '../shell.js';
import { Outlet } from './outlet.js';
import type { Printer } from './printer.js';

export class TextPrinter implements Printer {
  private readonly outlet: Outlet;
  private readonly errors: Outlet;
  private readonly meter = new ProgressMeter();

  constructor(
    output: Writable,
    errors: Writable,
    private readonly look: () => Look,
  ) {
    this.outlet = new Outlet(output);
    this.errors = new Outlet(errors);
  }

  ready(): void {
    // a person needs no line that says so
  }

  reply(_line: string, reply: Reply): void {
    const outlet = reply.ok ? this.outlet : this.errors;
    outlet.lines(drawReply(reply, this.look()));
  }

  event(event: ClientEvent): void {
    const look = this.look();
    if (event.event !== 'progress') return this.outlet.lines(drawEvent(event, look));
    this.meter.came(event, look.now);
    const line = this.meter.line(event.post, look.now);
    if (line !== null) this.outlet.lines([line]);
  }

  remains(answer: Answer): void {
    if (answer.ok && 'waiting' in answer.data) this.outlet.lines(drawRemains(answer.data, this.look()));
  }

  drained(): Promise<void> {
    return this.outlet.drained();
  }
}

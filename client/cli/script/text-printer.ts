// The output of a script for people: whole plain lines. Refusals go to the error stream.

import type { Writable } from 'node:stream';
import type { Answer } from '../../../protocols/control/answer.js';
import type { ClientEvent } from '../../../protocols/control/event.js';
import { drawEvent } from '../draw/events.js';
import type { ViewOptions } from '../draw/view-options.js';
import { ProgressMeter } from '../draw/progress-meter.js';
import { drawUnsent } from '../draw/answers/messages.js';
import { drawResult } from '../draw/results.js';
import type { CommandResult } from '../command-runner.js';
import { LineWriter } from './line-writer.js';
import type { Printer } from './printer.js';

export class TextPrinter implements Printer {
  private readonly writer: LineWriter;
  private readonly errors: LineWriter;
  private readonly meter = new ProgressMeter();

  constructor(
    output: Writable,
    errors: Writable,
    private readonly view: () => ViewOptions,
  ) {
    this.writer = new LineWriter(output);
    this.errors = new LineWriter(errors);
  }

  ready(): void {
    // only programs need this line
  }

  result(_line: string, result: CommandResult): void {
    const writer = result.ok ? this.writer : this.errors;
    writer.write(drawResult(result, this.view()));
  }

  event(event: ClientEvent): void {
    const view = this.view();
    if (event.event !== 'progress') return this.writer.write(drawEvent(event, view));
    this.meter.update(event, view.now);
    const line = this.meter.line(event.post, view.now);
    if (line !== null) this.writer.write([line]);
  }

  unsent(answer: Answer): void {
    if (answer.ok && 'waiting' in answer.data) this.writer.write(drawUnsent(answer.data, this.view()));
  }

  get waitingBytes(): number {
    return this.writer.waitingBytes;
  }

  drained(): Promise<void> {
    return this.writer.drained();
  }
}

// Uploads and downloads under way: in the prompt if there is one, else as a line now and then, until each is over.

import type { ClientEvent } from '../../../protocols/control/event.js';
import type { CommandResult } from '../command-runner.js';
import { endedTransfer, ProgressMeter, SILENT_MS } from '../draw/progress-meter.js';
import type { AlarmClock } from '../host.js';
import type { Screen } from './screen.js';

interface Prompt {
  readonly later: (delayMs: number, ring: () => void) => void;
  readonly showPrompt: () => void;
}

export class TransferProgress {
  private readonly meter = new ProgressMeter();
  private isForgettingSoon = false;

  constructor(
    private readonly clock: Pick<AlarmClock, 'now'>,
    private readonly screen: Screen,
    private readonly prompt: Prompt,
  ) {}

  bar(): string {
    return this.meter.bar(this.clock.now());
  }

  /** The posts whose transfer is shown. */
  ids(): string[] {
    return this.meter.ids(this.clock.now());
  }

  update(event: Extract<ClientEvent, { event: 'progress' }>): void {
    const now = this.clock.now();
    this.meter.update(event, now);
    if (this.meter.hasAny) this.forgetSilentSoon();
    if (this.screen.hasPrompt) return this.prompt.showPrompt();
    const line = this.meter.line(event.post, now);
    if (line !== null) this.screen.print([line]);
  }

  end(post: string): void {
    this.meter.remove(post);
    this.prompt.showPrompt();
  }

  /** The caller shows the prompt. */
  endedBy(result: CommandResult): void {
    const post = endedTransfer(result);
    if (post !== null) this.meter.remove(post);
  }

  /** A transfer that fell silent without a word of its end leaves the prompt. */
  private forgetSilentSoon(): void {
    if (this.isForgettingSoon) return;
    this.isForgettingSoon = true;
    this.prompt.later(SILENT_MS, () => {
      this.isForgettingSoon = false;
      this.prompt.showPrompt();
      if (this.meter.hasAny) this.forgetSilentSoon();
    });
  }
}

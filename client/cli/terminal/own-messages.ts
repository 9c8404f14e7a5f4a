// The states of your own messages: coalesced for a moment, then shown.

import type { ClientEvent } from '../../../protocols/control/event.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { drawStateChange } from '../draw/answers/messages.js';
import type { ViewOptions } from '../draw/view-options.js';
import { resultOf, type CommandResult } from '../command-runner.js';
import type { Screen } from './screen.js';
import { StateCoalescer } from './state-coalescer.js';

interface OwnMessagesOptions {
  readonly screen: Screen;
  readonly view: () => ViewOptions;
  readonly later: (delayMs: number, ring: () => void) => void;
}

export class OwnMessages {
  private readonly states = new StateCoalescer();
  private isShowingSoon = false;

  constructor(private readonly options: OwnMessagesOptions) {}

  /** Remembers the message that a command has sent, if it did. */
  sentBy(result: CommandResult): void {
    const toUser = resultOf(result, 'say');
    if (toUser) this.sent(toUser, toUser.command.user);
    const toGroup = resultOf(result, 'broadcast');
    if (toGroup) this.sent(toGroup, toGroup.command.group);
  }

  changed({ id, to, state }: Extract<ClientEvent, { event: 'state' }>): void {
    this.states.changed(id, { to, state });
    this.showSoon();
  }

  show(): void {
    this.isShowingSoon = false;
    const { screen, view } = this.options;
    screen.print(this.states.take().map((change) => drawStateChange(change, view())));
  }

  private sent({ command, data }: NonNullable<ReturnType<typeof resultOf<'say' | 'broadcast'>>>, to: string): void {
    this.states.sent(data.id, command.text, { to, state: data.state });
    this.showSoon();
  }

  private showSoon(): void {
    if (this.isShowingSoon) return;
    this.isShowingSoon = true;
    this.options.later(LIMITS.stateChangesCoalesceMs, () => this.show());
  }
}

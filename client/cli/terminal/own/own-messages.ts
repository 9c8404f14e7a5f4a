// Your own messages: each is one line, whose state changes in place where the screen can do that. Elsewhere changes are
// coalesced for a moment, and become one quiet line (CTRL-42).

import type { ClientEvent } from '../../../../protocols/control/event.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { drawOwnMessage, drawQuietState, type OwnMessage } from '../../draw/answers/own-lines.js';
import type { ViewOptions } from '../../draw/view-options.js';
import { resultOf, type CommandResult } from '../../command-runner.js';
import type { Screen } from '../screen.js';
import { isLater, StateCoalescer } from './state-coalescer.js';

interface OwnMessagesOptions {
  readonly screen: Screen;
  readonly view: () => ViewOptions;
  readonly later: (delayMs: number, ring: () => void) => void;
}

export class OwnMessages {
  private readonly states = new StateCoalescer();
  /** Those whose line is on the screen. */
  private readonly shown = new Map<string, OwnMessage>();
  private isShowingSoon = false;

  constructor(private readonly options: OwnMessagesOptions) {}

  /** Shows the message that a command has sent, if it did. `typed`: the rows on which the line was typed. */
  sentBy(result: CommandResult, typed: string | null): void {
    const toUser = resultOf(result, 'say');
    const toGroup = resultOf(result, 'broadcast');
    const sent = toUser ?? toGroup;
    if (!sent) return;
    const { id, state } = sent.data;
    const to = toUser ? toUser.command.user : (toGroup?.command.group ?? '');
    this.states.changed(id, { to, state });
    const latest = this.states.pendingOf(id) ?? state;
    const at = new Date(this.options.view().now).toISOString();
    const message: OwnMessage = { at, to, isGroup: toUser === null, text: sent.command.text, state: latest };
    if (!this.options.screen.printOwn(id, [drawOwnMessage(message, this.options.view())], typed))
      return this.showSoon();
    this.states.forget(id);
    this.remember(id, message);
  }

  changed({ id, to, state }: Extract<ClientEvent, { event: 'state' }>): void {
    if (this.changedInPlace(id, state)) return;
    this.states.changed(id, { to, state });
    this.showSoon();
  }

  show(): void {
    this.isShowingSoon = false;
    const { screen, view } = this.options;
    screen.print(this.states.take().map((change) => drawQuietState(change, view())));
  }

  private changedInPlace(id: string, state: OwnMessage['state']): boolean {
    const message = this.shown.get(id);
    if (!message) return false;
    if (!isLater(state, message.state)) return true;
    const changed = { ...message, state };
    this.shown.set(id, changed);
    return this.options.screen.changeOwn(id, [drawOwnMessage(changed, this.options.view())]);
  }

  private remember(id: string, message: OwnMessage): void {
    this.shown.set(id, message);
    const [oldest] = this.shown.keys();
    if (this.shown.size > LIMITS.stateChangesCoalescedMax && oldest !== undefined) this.shown.delete(oldest);
  }

  private showSoon(): void {
    if (this.isShowingSoon) return;
    this.isShowingSoon = true;
    this.options.later(LIMITS.stateChangesCoalesceMs, () => this.show());
  }
}

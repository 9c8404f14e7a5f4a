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

  /** Shows the message that a command has sent; false if it sent none. `typed`: the rows on which the line was typed. */
  sentBy(result: CommandResult, typed: string | null): boolean {
    const sent = sentMessage(result);
    if (!sent) return false;
    const { id, to, state } = sent;
    this.states.changed(id, { to, state });
    const latest = this.states.pendingOf(id) ?? state;
    const at = new Date(this.options.view().now).toISOString();
    const message: OwnMessage = { ...sent, at, state: latest };
    const isShown = this.options.screen.printOwn(id, [drawOwnMessage(message, this.options.view())], typed);
    if (isShown) {
      this.states.forget(id);
      this.remember(id, message);
    } else this.showSoon();
    return true;
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

/** The message of a command that sent one to a friend, a group, or a participant of a channel. */
function sentMessage(result: CommandResult): (Omit<OwnMessage, 'at'> & { id: string }) | null {
  const toFriend = resultOf(result, 'say') ?? resultOf(result, 'message');
  const toGroup = resultOf(result, 'broadcast');
  const aside = resultOf(result, 'private');
  if (toFriend) {
    const { data, command } = toFriend;
    const kind = command.type === 'message' ? 'quick' : 'chat';
    return { id: data.id, state: data.state, to: command.user, isGroup: false, kind, text: command.text };
  }
  const sent = toGroup ?? aside;
  if (!sent) return null;
  const { data, command } = sent;
  const to = command.type === 'broadcast' ? command.group : `${aside?.data.to ?? ''} (private)`;
  return { id: data.id, state: data.state, to, isGroup: toGroup !== null, kind: 'chat', text: command.text };
}

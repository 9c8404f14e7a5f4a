// Your own messages as a terminal shows them: with time and state, and later states in one quiet line.

import type { MessageState } from '../../../../protocols/control/commands/messages.js';
import { sanitize } from '../../../../protocols/kit/sanitize.js';
import { clockTime } from '../format-time.js';
import type { ViewOptions } from '../view-options.js';
import { MARKS, messageLine, stateText, type StateChange } from './messages.js';

export interface OwnMessage {
  readonly at: string;
  readonly to: string;
  readonly isGroup: boolean;
  readonly kind: 'chat' | 'quick';
  readonly text: string;
  readonly state: MessageState;
}

/** One line of history. Outside its conversation it names the receiver. */
export function drawOwnMessage({ at, to, isGroup, kind, text, state }: OwnMessage, view: ViewOptions): string {
  const isOpen = view.conversation === (isGroup ? `group:${to}` : to);
  const mark = `  ${view.colours.faint(MARKS[state])}`;
  return messageLine({ at, from: view.me, text, kind }, isOpen ? '' : ` → ${sanitize(to)}`, view, mark);
}

/** States that were reached, with the time, and without the texts again. */
export function drawQuietState(change: Omit<StateChange, 'text'>, view: ViewOptions): string {
  const time = clockTime(new Date(view.now).toISOString(), view.zone);
  return view.colours.faint(`${time} ${stateText({ ...change, text: null }, view)}`);
}

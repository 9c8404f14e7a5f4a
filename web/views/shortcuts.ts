// The keyboard shortcuts of a session.

import type { Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PageSession } from '../session.js';
import { JOIN_FIELD } from './panes/conversation-list.js';
import type { Pane } from './panes/session-props.js';

/** For the list in the settings. */
export const SHORTCUTS: readonly (readonly [keys: string, does: string])[] = [
  ['Enter', 'send the message'],
  ['Shift + Enter', 'start a new line'],
  ['Alt + ↑ / ↓', 'previous or next conversation'],
  ['Alt + Shift + ↓', 'next conversation with unread messages'],
  ['Alt + J', 'join a channel'],
  ['Esc', 'close the dialog'],
];

const STEPS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };

export function useShortcuts(session: PageSession, pane: Signal<Pane>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!event.altKey || event.ctrlKey || event.metaKey || !handle(session, pane, event)) return;
      event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [session]);
}

/** True iff the key is a shortcut. None is while a dialog is open. */
function handle(session: PageSession, pane: Signal<Pane>, { key, code, shiftKey }: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]')) return false;
  const step = STEPS[key];
  if (step !== undefined && !(shiftKey && step < 0)) {
    show(session, pane, shiftKey ? nextUnread(session) : neighbour(session, step));
    return true;
  }
  // Alt can change the letter, as on macOS. Then the position of the key decides.
  if (shiftKey || (/^[a-z]$/i.test(key) ? key.toLowerCase() !== 'j' : code !== 'KeyJ')) return false;
  pane.value = 'conversations';
  requestAnimationFrame(() => document.getElementById(JOIN_FIELD)?.focus());
  return true;
}

function show(session: PageSession, pane: Signal<Pane>, conversationId: string | undefined): void {
  if (conversationId !== undefined) session.select(conversationId);
  pane.value = 'conversation';
}

function neighbour(session: PageSession, step: number): string | undefined {
  const { conversations, current } = session.state.value;
  const at = conversations.findIndex(({ id }) => id === current);
  return conversations.at((at + step) % conversations.length)?.id;
}

/** The next one below the selected conversation, and on from the top. */
function nextUnread(session: PageSession): string | undefined {
  const { conversations, current } = session.state.value;
  const at = conversations.findIndex(({ id }) => id === current);
  return [...conversations.slice(at + 1), ...conversations.slice(0, at + 1)].find(({ unread }) => unread > 0)?.id;
}

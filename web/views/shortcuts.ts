// What the keyboard does everywhere in the state.

import type { Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PageSession } from '../session.js';
import type { Pane } from './session-view.js';

/** As the settings list them. */
export const SHORTCUTS: readonly (readonly [keys: string, does: string])[] = [
  ['Enter', 'say it'],
  ['Shift + Enter', 'begin a new line'],
  ['Alt + ↑ / ↓', 'the conversation above or below'],
  ['Alt + Shift + ↓', 'the next conversation with something unread'],
  ['Alt + J', 'join a channel'],
  ['Esc', 'close what lies above'],
];

const STEPS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };

export function useShortcuts(session: PageSession, pane: Signal<Pane>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!event.altKey || event.ctrlKey || event.metaKey || !pressed(session, pane, event)) return;
      event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [session]);
}

/** True iff it was one of ours. What lies above the panes keeps the keyboard to itself. */
function pressed(session: PageSession, pane: Signal<Pane>, { key, code, shiftKey }: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]')) return false;
  const step = STEPS[key];
  if (step !== undefined && !(shiftKey && step < 0)) {
    return went(session, pane, shiftKey ? nextUnread(session) : neighbour(session, step));
  }
  // Alt can make another letter of it; then the key in its conversation counts.
  if (shiftKey || (/^[a-z]$/i.test(key) ? key.toLowerCase() !== 'j' : code !== 'KeyJ')) return false;
  pane.value = 'conversations';
  requestAnimationFrame(() => document.getElementById('join')?.focus());
  return true;
}

function went(session: PageSession, pane: Signal<Pane>, conversationId: string | undefined): boolean {
  if (conversationId !== undefined) session.select(conversationId);
  pane.value = 'conversation';
  return true;
}

function neighbour(session: PageSession, step: number): string | undefined {
  const { conversations, current } = session.state.value;
  const at = conversations.findIndex(({ id }) => id === current);
  return conversations.at((at + step) % conversations.length)?.id;
}

/** From the one that is looked at downwards, and on from the top. */
function nextUnread(session: PageSession): string | undefined {
  const { conversations, current } = session.state.value;
  const at = conversations.findIndex(({ id }) => id === current);
  return [...conversations.slice(at + 1), ...conversations.slice(0, at + 1)].find(({ unread }) => unread > 0)?.id;
}

// What the keyboard does everywhere in the square.

import type { Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Session } from '../session.js';
import type { Pane } from './square-view.js';

/** As the settings list them. */
export const SHORTCUTS: readonly (readonly [keys: string, does: string])[] = [
  ['Enter', 'say it'],
  ['Shift + Enter', 'begin a new line'],
  ['Alt + ↑ / ↓', 'the place above or below'],
  ['Alt + Shift + ↓', 'the next place with something unread'],
  ['Alt + J', 'join a channel'],
  ['Esc', 'close what lies above'],
];

const STEPS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };

export function useShortcuts(session: Session, pane: Signal<Pane>): void {
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
function pressed(session: Session, pane: Signal<Pane>, { code, shiftKey }: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]')) return false;
  const step = STEPS[code];
  if (step !== undefined) {
    const place = shiftKey ? nextUnread(session) : neighbour(session, step);
    if (place !== undefined) session.goTo(place);
    pane.value = 'place';
    return true;
  }
  if (code !== 'KeyJ' || shiftKey) return false;
  pane.value = 'places';
  requestAnimationFrame(() => document.getElementById('join')?.focus());
  return true;
}

function neighbour(session: Session, step: number): string | undefined {
  const { places, current } = session.square.value;
  const at = places.findIndex(({ id }) => id === current);
  return places.at((at + step) % places.length)?.id;
}

function nextUnread(session: Session): string | undefined {
  return session.square.value.places.find(({ unread }) => unread > 0)?.id;
}

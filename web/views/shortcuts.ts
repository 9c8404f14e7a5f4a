// What the keyboard does everywhere in the square.

import type { Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Stay } from '../stay.js';
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

export function useShortcuts(stay: Stay, pane: Signal<Pane>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!event.altKey || event.ctrlKey || event.metaKey || !pressed(stay, pane, event)) return;
      event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [stay]);
}

/** True iff it was one of ours. What lies above the panes keeps the keyboard to itself. */
function pressed(stay: Stay, pane: Signal<Pane>, { key, code, shiftKey }: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]')) return false;
  const step = STEPS[key];
  if (step !== undefined && !(shiftKey && step < 0)) {
    return went(stay, pane, shiftKey ? nextUnread(stay) : neighbour(stay, step));
  }
  // Alt can make another letter of it; then the key in its place counts.
  if (shiftKey || (/^[a-z]$/i.test(key) ? key.toLowerCase() !== 'j' : code !== 'KeyJ')) return false;
  pane.value = 'places';
  requestAnimationFrame(() => document.getElementById('join')?.focus());
  return true;
}

function went(stay: Stay, pane: Signal<Pane>, placeId: string | undefined): boolean {
  if (placeId !== undefined) stay.goTo(placeId);
  pane.value = 'place';
  return true;
}

function neighbour(stay: Stay, step: number): string | undefined {
  const { places, current } = stay.square.value;
  const at = places.findIndex(({ id }) => id === current);
  return places.at((at + step) % places.length)?.id;
}

/** From the one that is looked at downwards, and on from the top. */
function nextUnread(stay: Stay): string | undefined {
  const { places, current } = stay.square.value;
  const at = places.findIndex(({ id }) => id === current);
  return [...places.slice(at + 1), ...places.slice(0, at + 1)].find(({ unread }) => unread > 0)?.id;
}

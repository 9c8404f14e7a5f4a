// Three panes: places, what is said, people. Where the screen is narrow, one at a time.

import { useSignal, useSignalEffect, type Signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Visitor } from '../../protocols/channels/visitor/world.js';
import type { Page } from '../page.js';
import type { Stay } from '../stay.js';
import { sharedNames } from '../state/people.js';
import { hasSomethingSending, placeOf, unreadOf, type Square } from '../state/square.js';
import { Bars } from './bars.js';
import { PersonDialog } from './dialogs/person-dialog.js';
import { SettingsDialog } from './dialogs/settings-dialog.js';
import { PeoplePane } from './panes/people-pane.js';
import { PlacePane } from './panes/place-pane.js';
import { PlacesPane } from './panes/places-pane.js';
import { SharedNames } from './shared-names.js';
import { useShortcuts } from './shortcuts.js';

export type Pane = 'places' | 'place' | 'people';

/** What lies above the panes. */
export type Opened = { dialog: 'settings' } | { dialog: 'person'; visitor: Visitor } | null;

/** What every part of the square is given. */
export interface SquareProps {
  readonly page: Page;
  readonly stay: Stay;
  readonly pane: Signal<Pane>;
  readonly opened: Signal<Opened>;
}

export function SquareView({ page, stay }: Pick<SquareProps, 'page' | 'stay'>) {
  const pane = useSignal<Pane>('place');
  const opened = useSignal<Opened>(null);
  const props: SquareProps = { page, stay, pane, opened };
  const square = stay.square.value;
  useWatching(stay);
  useAddress(square);
  useStaying(square);
  useShortcuts(stay, pane);
  useSignalEffect(() => {
    if (page.invitedTo.value !== null) pane.value = 'places'; // the form to join it is what one should see
  });
  const shared = useMemo(() => sharedNames(square), [square.places]);
  const isEmpty = square.current === null;
  return (
    <SharedNames.Provider value={shared}>
      <main class="square" data-pane={isEmpty ? 'places' : pane.value}>
        <h1 class="unseen">Kith</h1>
        {!isEmpty && (
          <button type="button" class="skip" onClick={() => document.getElementById('say')?.focus()}>
            Skip to what you say
          </button>
        )}
        <Bars {...props} />
        <PlacesPane {...props} />
        <PlacePane {...props} />
        <PeoplePane {...props} />
        <Dialog {...props} />
      </main>
    </SharedNames.Provider>
  );
}

function Dialog(props: SquareProps) {
  const opened = props.opened.value;
  if (opened === null) return null;
  return opened.dialog === 'settings' ? (
    <SettingsDialog {...props} />
  ) : (
    <PersonDialog {...props} visitor={opened.visitor} />
  );
}

/** Whoever leaves while something is on its way is asked whether they mean it. */
function useStaying(square: Square): void {
  const isBusy = hasSomethingSending(square);
  useEffect(() => {
    if (!isBusy) return;
    const stay = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', stay);
    return () => window.removeEventListener('beforeunload', stay);
  }, [isBusy]);
}

/** Whether somebody looks at the page, and whether the network is back. */
function useWatching(stay: Stay): void {
  useEffect(() => {
    const look = (): void => stay.watch(document.visibilityState === 'visible' && document.hasFocus());
    const retry = (): void => {
      if (stay.square.value.connection.state === 'away') stay.retry();
    };
    look();
    const listeners = [
      [document, 'visibilitychange', look],
      [window, 'focus', look],
      [window, 'blur', look],
      [window, 'online', retry],
    ] as const;
    for (const [target, event, listener] of listeners) target.addEventListener(event, listener);
    return () => {
      for (const [target, event, listener] of listeners) target.removeEventListener(event, listener);
    };
  }, [stay]);
}

/** The title says how much is unread; the address names the channel, so that it can be given to somebody. */
function useAddress(square: Square): void {
  const unread = unreadOf(square);
  const place = placeOf(square, square.current);
  const channel = place?.kind === 'channel' ? place.id : '';
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${channel === '' ? '' : `${channel} · `}Kith`;
  }, [unread, channel]);
  useEffect(() => {
    history.replaceState(null, '', `${location.pathname}${location.search}${channel}`);
  }, [channel]);
}

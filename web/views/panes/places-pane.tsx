// The places one can go to: channels, and people one speaks with in private. What is unread stands beside each.

import type { Place } from '../../state/places.js';
import { usePlaceTitle } from '../place-title.js';
import type { SquareProps } from '../square-view.js';

export function PlacesPane(props: SquareProps) {
  const { session, opened } = props;
  const { places, me } = session.square.value;
  const channels = places.filter(({ kind }) => kind === 'channel');
  const whispers = places.filter(({ kind }) => kind === 'whisper');
  return (
    <nav class="pane places" aria-label="Places">
      <header>
        <p class="brand" aria-hidden="true">
          Kith
        </p>
        <button type="button" onClick={() => (opened.value = { dialog: 'settings' })} aria-haspopup="dialog">
          {me.name}
        </button>
      </header>
      <JoinForm {...props} />
      <h2>Channels</h2>
      {channels.length === 0 && <p class="quiet">You are in none. Join one: #lobby, for instance.</p>}
      <PlaceList {...props} places={channels} />
      {whispers.length > 0 && <h2>In private</h2>}
      <PlaceList {...props} places={whispers} />
    </nav>
  );
}

/** Whoever came by an address that names a channel finds it written there. */
function JoinForm({ page, session, pane }: SquareProps) {
  const isIn = session.square.value.places.some((place) => place.id === `#${page.invitedTo}`);
  const join = (event: SubmitEvent): void => {
    event.preventDefault();
    const input = document.getElementById('join');
    if (!(input instanceof HTMLInputElement)) return;
    session.join(input.value);
    input.value = '';
    pane.value = 'place';
  };
  return (
    <form class="join" onSubmit={join}>
      <label for="join" class="unseen">
        Channel to join
      </label>
      <input
        id="join"
        placeholder="#channel"
        defaultValue={page.invitedTo === null || isIn ? '' : `#${page.invitedTo}`}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        maxLength={40}
        required
      />
      <button type="submit">Join</button>
    </form>
  );
}

function PlaceList({ places, ...props }: SquareProps & { places: readonly Place[] }) {
  if (places.length === 0) return null;
  return (
    <ul>
      {places.map((place) => (
        <li key={place.id}>
          <PlaceButton {...props} place={place} />
        </li>
      ))}
    </ul>
  );
}

function PlaceButton({ session, pane, place }: SquareProps & { place: Place }) {
  const { current } = session.square.value;
  const go = (): void => {
    session.goTo(place.id);
    pane.value = 'place';
  };
  return (
    <button type="button" class="place" aria-current={place.id === current ? 'page' : undefined} onClick={go}>
      <span class="title">{usePlaceTitle(session, place)}</span>
      {place.unread > 0 && (
        <span class="unread">
          {place.unread > 99 ? '99+' : place.unread}
          <span class="unseen"> unread</span>
        </span>
      )}
    </button>
  );
}

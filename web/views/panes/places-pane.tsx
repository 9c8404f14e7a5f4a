// The places one can go to: channels, and people one speaks with in private. What is unread stands beside each.

import { useRef } from 'preact/hooks';
import type { Place } from '../../state/places.js';
import { usePlaceTitle } from '../place-title.js';
import type { SquareProps } from '../square-view.js';

export function PlacesPane(props: SquareProps) {
  const { stay, opened } = props;
  const { places, me } = stay.square.value;
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
function JoinForm({ page, stay, pane }: SquareProps) {
  const field = useRef<HTMLInputElement>(null);
  const invitedTo = page.invitedTo.value;
  const join = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!field.current) return;
    stay.join(field.current.value);
    field.current.value = '';
    page.invitedTo.value = null;
    pane.value = 'place';
  };
  return (
    <form class="join" onSubmit={join}>
      <label for="join" class="unseen">
        Channel to join
      </label>
      <input
        key={invitedTo}
        id="join"
        ref={field}
        placeholder="#channel"
        defaultValue={invitedTo === null ? '' : `#${invitedTo}`}
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

function PlaceButton({ stay, pane, place }: SquareProps & { place: Place }) {
  const { current } = stay.square.value;
  const go = (): void => {
    stay.goTo(place.id);
    pane.value = 'place';
  };
  return (
    <button type="button" class="place" aria-current={place.id === current ? 'page' : undefined} onClick={go}>
      <span class="title">{usePlaceTitle(stay, place)}</span>
      {place.unread > 0 && (
        <span class="unread">
          {place.unread > 99 ? '99+' : place.unread}
          <span class="unseen"> unread</span>
        </span>
      )}
    </button>
  );
}

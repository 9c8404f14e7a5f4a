// One place: its title, what was said, and where one says something.

import { useEffect, useRef } from 'preact/hooks';
import type { Stay } from '../../stay.js';
import { titleOf, type Place } from '../../state/places.js';
import { placeOf, unreadOf } from '../../state/square.js';
import { membershipLine } from '../../state/wording.js';
import { Composer } from './composer.js';
import { Log } from '../log/log.js';
import type { SquareProps } from '../square-view.js';

export function PlacePane(props: SquareProps) {
  const { stay } = props;
  const square = stay.square.value;
  const place = placeOf(square, square.current);
  return (
    <section class="pane place-pane" aria-label="What is said">
      {place && <PlaceHead {...props} place={place} />}
      {place ? <Log {...props} place={place} key={place.id} /> : <Nowhere />}
      {place && <Composer {...props} place={place} key={`say ${place.id}`} />}
    </section>
  );
}

function PlaceHead({ place, ...props }: SquareProps & { place: Place }) {
  const { stay, pane } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useFocusOnArrival(heading, place.id);
  const elsewhere = unreadOf(stay.square.value);
  const leave = (): void => {
    if (place.kind === 'channel') stay.part(place.channel);
    else stay.closeWhisper(place.with.key);
  };
  return (
    <header class="place-head">
      <button type="button" class="narrow" onClick={() => (pane.value = 'places')}>
        ‹ Places{elsewhere > 0 && <span class="unread">{elsewhere}</span>}
      </button>
      <div class="titles">
        <h2 ref={heading} tabIndex={-1}>
          {titleOf(place)}
        </h2>
        <p class="quiet">{subtitle(stay, place)}</p>
      </div>
      <button
        type="button"
        class="not-wide"
        onClick={() => (pane.value = pane.value === 'people' ? 'place' : 'people')}
      >
        People
      </button>
      <button type="button" onClick={leave}>
        {place.kind === 'channel' ? 'Leave' : 'Close'}
      </button>
    </header>
  );
}

function subtitle(stay: Stay, place: Place): string {
  if (place.kind === 'whisper') return `Sealed for: ${stay.fingerprint(place.with.key) ?? '…'}`;
  return membershipLine(place.membership);
}

function Nowhere() {
  return (
    <div class="nowhere">
      <p>Join a channel, and you hear whoever speaks there from now on.</p>
      <p class="quiet">Nothing is kept: who is not there does not hear it.</p>
    </div>
  );
}

/** Where one has a keyboard, one can type at once; where the screen is the keyboard, it does not jump up. */
function useFocusOnArrival(heading: { current: HTMLElement | null }, place: string): void {
  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) document.getElementById('say')?.focus();
    else heading.current?.focus();
  }, [place]);
}

// Who is in a channel; or, in private, with whom one speaks and how to be sure of it.

import { useRef, useEffect } from 'preact/hooks';
import type { Visitor } from '../../../protocols/channels/visitor/world.js';
import { peopleOf } from '../../state/people.js';
import type { ChannelPlace, Place } from '../../state/places.js';
import { placeOf } from '../../state/square.js';
import { membershipLine } from '../../state/wording.js';
import { SafetyWords } from '../dialogs/safety-words.js';
import { PersonName } from '../person-name.js';
import type { SquareProps } from '../square-view.js';

export function PeoplePane(props: SquareProps) {
  const { stay, pane } = props;
  const square = stay.square.value;
  const place = placeOf(square, square.current);
  const heading = useRef<HTMLHeadingElement>(null);
  const isShown = pane.value === 'people';
  useEffect(() => {
    if (isShown) heading.current?.focus();
  }, [isShown]);
  return (
    <section class="pane people" aria-label="People">
      <header>
        <button type="button" class="not-wide" onClick={() => (pane.value = 'place')}>
          ‹ Back
        </button>
        <h2 ref={heading} tabIndex={-1}>
          People
        </h2>
      </header>
      {place && <People {...props} place={place} />}
    </section>
  );
}

function People({ place, ...props }: SquareProps & { place: Place }) {
  if (place.kind === 'channel') return <ChannelPeople {...props} place={place} />;
  return (
    <>
      <Person {...props} visitor={place.with} />
      <SafetyWords key={place.with.key} stay={props.stay} visitor={place.with} />
    </>
  );
}

function ChannelPeople({ place, ...props }: SquareProps & { place: ChannelPlace }) {
  const { here, elsewhere } = peopleOf(place);
  return (
    <>
      <p class="quiet">{membershipLine(place.membership)}</p>
      <List {...props} people={here} />
      {elsewhere.length > 0 && <h3>Heard from other servers, or before</h3>}
      <List {...props} people={elsewhere} />
    </>
  );
}

function List({ people, ...props }: SquareProps & { people: readonly Visitor[] }) {
  if (people.length === 0) return null;
  return (
    <ul>
      {people.map((visitor) => (
        <li key={visitor.key}>
          <Person {...props} visitor={visitor} />
        </li>
      ))}
    </ul>
  );
}

function Person({ stay, page, opened, visitor }: SquareProps & { visitor: Visitor }) {
  const { me } = stay.square.value;
  const suffix = visitor.key === me.key ? ' (you)' : page.isMuted(visitor.key) ? ' (muted)' : '';
  return (
    <button
      type="button"
      class="person"
      aria-haspopup="dialog"
      onClick={() => (opened.value = { dialog: 'person', visitor })}
    >
      <PersonName stay={stay} visitor={visitor} />
      {suffix}
    </button>
  );
}

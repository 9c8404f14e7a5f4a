// One text in a log: who, when, what, and what became of it where it is ours.

import type { Fate, TextEntry } from '../../state/entries.js';
import type { Place } from '../../state/places.js';
import { clockTime, fullTime } from '../../state/words.js';
import { PersonName } from '../person-name.js';
import type { SquareProps } from '../square-view.js';
import { SaidText } from './said-text.js';

interface TextRowProps extends SquareProps {
  readonly place: Place;
  readonly entry: TextEntry;
  readonly hasHead: boolean;
}

export function TextRow({ place, entry, hasHead, ...props }: TextRowProps) {
  return (
    <li class={`said${entry.isMine ? ' mine' : ''}${hasHead ? ' headed' : ''}`}>
      {hasHead && <Head {...props} entry={entry} />}
      <SaidText text={entry.text} />
      {entry.isMine && <FateView {...props} place={place} entry={entry} />}
    </li>
  );
}

/** The name is a button for the mouse; with the keyboard, everybody can be reached in the pane of people. */
function Head({ session, opened, entry }: SquareProps & { entry: TextEntry }) {
  const { from, at } = entry;
  return (
    <p class="head">
      <button
        type="button"
        class="bare"
        tabIndex={-1}
        aria-haspopup="dialog"
        onClick={() => (opened.value = { dialog: 'person', visitor: from })}
      >
        <PersonName session={session} visitor={from} />
      </button>{' '}
      <time dateTime={new Date(at).toISOString()} title={fullTime(at)} class="quiet">
        {clockTime(at)}
      </time>
    </p>
  );
}

const FATES: Readonly<Record<Exclude<Fate['state'], 'refused' | 'heard'>, string>> = {
  sending: 'sending …',
  sent: 'sent',
  delivered: 'delivered',
};

function FateView({ session, place, entry }: Omit<TextRowProps, 'hasHead'>) {
  const { fate } = entry;
  if (fate.state === 'heard') return null;
  if (fate.state !== 'refused') return <p class="fate quiet">{FATES[fate.state]}</p>;
  const again = (): void => {
    session.putAway(place.id, entry.id);
    session.say(place.id, entry.text);
  };
  return (
    <p class="fate problem">
      {fate.why}{' '}
      <button type="button" onClick={again}>
        Say it again
      </button>{' '}
      <button type="button" onClick={() => session.putAway(place.id, entry.id)}>
        Put away
      </button>
    </p>
  );
}

// One text in a log: who, when, what, and what became of it where it is ours.

import type { Fate, TextLine } from '../../state/lines.js';
import type { Place } from '../../state/places.js';
import { clockTime, fullTime } from '../../state/wording.js';
import { PersonName } from '../person-name.js';
import type { SquareProps } from '../square-view.js';
import { SaidText } from './said-text.js';

interface TextRowProps extends SquareProps {
  readonly place: Place;
  readonly line: TextLine;
  readonly hasHead: boolean;
}

export function TextRow({ place, line, hasHead, ...props }: TextRowProps) {
  return (
    <li class={hasHead ? 'said headed' : 'said'}>
      {hasHead && <Head {...props} line={line} />}
      <SaidText text={line.text} />
      <FateView {...props} place={place} line={line} />
    </li>
  );
}

/** The name is a button for the mouse; with the keyboard, everybody can be reached in the pane of people. */
function Head({ stay, opened, line }: SquareProps & { line: TextLine }) {
  const { from, at } = line;
  return (
    <p class="head">
      <button
        type="button"
        class="bare"
        tabIndex={-1}
        aria-haspopup="dialog"
        onClick={() => (opened.value = { dialog: 'person', visitor: from })}
      >
        <PersonName stay={stay} visitor={from} />
      </button>{' '}
      <time dateTime={new Date(at).toISOString()} title={fullTime(at)} class="quiet">
        {clockTime(at)}
      </time>
    </p>
  );
}

const FATES: Readonly<Record<Exclude<Fate['state'], 'refused'>, string | null>> = {
  sending: 'sending …',
  sent: 'sent',
  delivered: 'delivered',
  heard: null,
};

function FateView({ stay, place, line }: Omit<TextRowProps, 'hasHead'>) {
  if (!line.isMine) return null;
  const { fate } = line;
  if (fate.state !== 'refused') return FATES[fate.state] && <p class="fate quiet">{FATES[fate.state]}</p>;
  return (
    <p class="fate problem">
      {fate.why}{' '}
      <button type="button" onClick={() => stay.sayAgain(place.id, line)}>
        Say it again
      </button>{' '}
      <button type="button" onClick={() => stay.putAway(place.id, line.id)}>
        Put away
      </button>
    </p>
  );
}

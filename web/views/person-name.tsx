// The name of a person, in a colour that depends on the key. A shared name is shown with the fingerprint: all of it,
// because a part could be matched by another key within minutes.

import { useContext } from 'preact/hooks';
import type { Participant } from '../../protocols/channels/client/io.js';
import type { PageSession } from '../session.js';
import { SharedNames } from './shared-names.js';

const COLOURS = 8;

export function PersonName({ session, person: { key, name } }: { session: PageSession; person: Participant }) {
  const alike = useContext(SharedNames).get(name);
  return (
    <span class={`name name-colour-${colourOf(key)}`}>
      {name}
      {alike && alike.length > 0 && <span class="problem"> · looks like {alike.map(spelled).join(', ')}</span>}
      {alike && <span class="subtle"> · {session.fingerprint(key)}</span>}
    </span>
  );
}

/** `b 0 b`: letter by letter, because at a glance it looks like the other name. */
function spelled(name: string): string {
  return [...name].join(' ');
}

function colourOf(key: string): number {
  return [...key].reduce((sum, character) => sum + character.charCodeAt(0), 0) % COLOURS;
}

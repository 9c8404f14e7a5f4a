// A name, in a colour that goes with the key; with all words of the key where the name alone could be somebody else.
// Fewer than all would be found again under other keys within minutes.

import { useContext } from 'preact/hooks';
import type { Participant } from '../../protocols/channels/client/io.js';
import type { PageSession } from '../session.js';
import { SharedNames } from './shared-names.js';

const HUES = 8;

export function PersonName({ session, visitor: { key, name } }: { session: PageSession; visitor: Participant }) {
  const isShared = useContext(SharedNames).has(name);
  return (
    <span class={`name hue-${hueOf(key)}`}>
      {name}
      {isShared && <span class="quiet"> · {session.fingerprint(key)}</span>}
    </span>
  );
}

function hueOf(key: string): number {
  return [...key].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % HUES;
}

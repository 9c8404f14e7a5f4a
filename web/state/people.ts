// Who is in a channel as far as we know, and who looks like somebody else.

import type { Visitor } from '../../protocols/channels/visitor/world.js';
import type { ChannelPlace, Place } from './places.js';
import type { Square } from './square.js';

/**
 * `here`: as our server lists them, by name; `elsewhere`: who is not listed and was heard, who spoke last first.
 */
export function peopleOf({ presence, entries }: ChannelPlace): { here: Visitor[]; elsewhere: Visitor[] } {
  const here = [...(presence?.here ?? [])].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const listed = new Set(here.map(({ key }) => key));
  const elsewhere = new Map<string, Visitor>();
  for (const entry of entries.toReversed()) {
    if (entry.kind === 'text' && !entry.isMine && !listed.has(entry.from.key) && !elsewhere.has(entry.from.key)) {
      elsewhere.set(entry.from.key, entry.from);
    }
  }
  return { here, elsewhere: [...elsewhere.values()] };
}

/** Names that more than one key bears, of all that can be seen at the page: those need more than a name. */
export function sharedNames(square: Square): ReadonlySet<string> {
  const keyOf = new Map([[square.me.name, square.me.key]]);
  const shared = new Set<string>();
  for (const { key, name } of square.places.flatMap(peopleSeen)) {
    const other = keyOf.get(name);
    if (other !== undefined && other !== key) shared.add(name);
    keyOf.set(name, key);
  }
  return shared;
}

function peopleSeen(place: Place): Visitor[] {
  const said = place.entries.flatMap((entry) => (entry.kind === 'text' ? [entry.from] : []));
  return place.kind === 'whisper' ? [place.with, ...said] : [...(place.presence?.here ?? []), ...said];
}

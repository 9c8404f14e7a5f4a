// Who is in a channel as far as we know, and who looks like somebody else.

import type { Visitor } from '../../protocols/channels/visitor/world.js';
import type { ChannelPlace, Membership, Place } from './places.js';
import type { Square } from './square.js';

/**
 * `here`: as our server lists them, by name; `elsewhere`: who is not listed and was heard, who spoke last first.
 */
export function peopleOf({ membership, lines }: ChannelPlace): { here: Visitor[]; elsewhere: Visitor[] } {
  const here = [...hereIn(membership)].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const listed = new Set(here.map(({ key }) => key));
  const elsewhere = new Map<string, Visitor>();
  for (const line of lines.toReversed()) {
    if (line.kind === 'text' && !line.isMine && !listed.has(line.from.key) && !elsewhere.has(line.from.key)) {
      elsewhere.set(line.from.key, line.from);
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

function hereIn(membership: Membership): readonly Visitor[] {
  return membership.state === 'in' ? membership.presence.here : [];
}

function peopleSeen(place: Place): Visitor[] {
  const said = place.lines.flatMap((line) => (line.kind === 'text' ? [line.from] : []));
  return place.kind === 'whisper' ? [place.with, ...said] : [...hereIn(place.membership), ...said];
}

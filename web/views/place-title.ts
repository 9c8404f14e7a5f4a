// What a place is called where a person has to know which one it is: the words of the key stand beside a name that is
// not the only one of its kind.

import { useContext } from 'preact/hooks';
import type { Stay } from '../stay.js';
import { titleOf, type Place } from '../state/places.js';
import { SharedNames } from './shared-names.js';

export function usePlaceTitle(stay: Stay, place: Place): string {
  const shared = useContext(SharedNames);
  if (place.kind === 'channel' || !shared.has(place.with.name)) return titleOf(place);
  return `${titleOf(place)} (${stay.fingerprint(place.with.key) ?? '…'})`;
}

// Conversations with one person: who spoke last stands first, and there are only so many of them.

import type { Visitor } from '../../protocols/channels/visitor/world.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';
import { newWhisperPlace, titleOf, whisperPlaceId, withAdded, type Place, type WhisperPlace } from './places.js';
import { placeOf, type Square } from './square.js';

/** With the conversation with this person first among those; where there are too many, one gives way. */
export function withWhisperPlace(square: Square, visitor: Visitor, now: Instant): Square {
  const id = whisperPlaceId(visitor.key);
  const known = placeOf(square, id);
  const first = known?.kind === 'whisper' ? renamed(known, visitor, now) : newWhisperPlace(visitor);
  const channels = square.places.filter(({ kind }) => kind === 'channel');
  const others = square.places.filter((place) => place.kind === 'whisper' && place.id !== id);
  const gone = others.length < LIMITS.pageWhisperersMax ? undefined : givesWay(square, others);
  const places = [...channels, first, ...others.filter((place) => place !== gone)];
  return { ...square, places, notice: goneNotice(gone) ?? square.notice };
}

/** Whoever calls themselves differently under the same key says so in the conversation, where one can see it. */
function renamed(place: WhisperPlace, visitor: Visitor, now: Instant): WhisperPlace {
  const { name } = place.with;
  if (name === visitor.name) return { ...place, with: visitor };
  const text = `${name} goes by the name ${visitor.name} now. The key is the same.`;
  return withAdded({ ...place, with: visitor }, { kind: 'note', id: `name ${visitor.name} ${now}`, text, at: now });
}

/**
 * Strangers can begin as many as they like: those we took part in stay, and the one that is looked at; of the others
 * first one that was read, and who was silent for longest.
 */
function givesWay({ current }: Square, places: readonly Place[]): Place | undefined {
  const isOurs = ({ lines }: Place): boolean => lines.some((line) => line.kind === 'text' && line.isMine);
  const elsewhere = places.filter(({ id }) => id !== current);
  const strangers = elsewhere.filter((place) => !isOurs(place));
  return strangers.findLast(({ unread }) => unread === 0) ?? strangers.at(-1) ?? elsewhere.at(-1);
}

/** What nobody has read does not go without a word. */
function goneNotice(gone: Place | undefined): string | null {
  if (!gone || gone.unread === 0) return null;
  return `What ${titleOf(gone)} said in private gave way unread: too many people whisper at once.`;
}

// What the person does at the page, and what it changes at once: going somewhere, wishing, putting away.

import type { Visitor } from '../../protocols/channels/visitor/world.js';
import type { Instant } from '../../protocols/kit/machine.js';
import { withoutEntry, type TextEntry } from './entries.js';
import { channelPlaceId, newChannelPlace, whisperPlaceId, withAdded, type Place } from './places.js';
import { ownEntryId, placeOf, withPlace, type Square, type Wish } from './square.js';
import { withWhisperPlace } from './whisperers.js';

/** Looks at a place: what was unread there is read. The line above what was new stays until one leaves. */
export function wentTo(square: Square, id: string | null): Square {
  const left =
    square.current === null || square.current === id ? square : withPlace(square, square.current, withoutLine);
  const arrived = { ...left, current: id };
  return id === null || !square.isWatched ? arrived : withPlace(arrived, id, asRead);
}

/** The page came to the front, or went behind. */
export function watched(square: Square, isWatched: boolean): Square {
  const { current } = square;
  if (current === null) return { ...square, isWatched };
  return withPlace({ ...square, isWatched }, current, isWatched ? asRead : withoutLineIfRead);
}

/** Begins a channel and goes there; whether we are let in comes later. */
export function joining(square: Square, ref: number, channel: string): Square {
  const id = channelPlaceId(channel);
  const known = placeOf(square, id) !== null;
  const places = known ? square.places : inOrder([...square.places, newChannelPlace(channel)]);
  return wentTo(wishing({ ...square, places }, ref, { kind: 'join', channel }), id);
}

/** Away from it at once, whatever the server says. */
export function parting(square: Square, ref: number, channel: string): Square {
  return withoutPlace(wishing(square, ref, { kind: 'part', channel }), channelPlaceId(channel));
}

/** Begins a conversation with one person, and goes there. */
export function turnedTo(square: Square, visitor: Visitor, now: Instant): Square {
  return wentTo(withWhisperPlace(square, visitor, now), whisperPlaceId(visitor.key));
}

/** What we say stands in its place at once, and says that it is on its way. */
export function saying(square: Square, ref: number, said: { place: string; text: string; at: Instant }): Square {
  const entry = ownEntryId(ref);
  const { text, at } = said;
  const own: TextEntry = {
    kind: 'text',
    id: entry,
    from: square.me,
    text,
    at,
    isMine: true,
    fate: { state: 'sending' },
  };
  const wished = wishing(square, ref, { kind: 'say', place: said.place, entry });
  return withPlace(wished, said.place, (place) => ({ ...withAdded(place, own), newFrom: null }));
}

/** Takes what was refused out of the log. */
export function putAway(square: Square, place: string, entry: string): Square {
  return withPlace(square, place, (found) => ({ ...found, entries: withoutEntry(found.entries, entry) }));
}

/** Ends a conversation with one person here; they can begin it anew. */
export function closedWhisper(square: Square, key: string): Square {
  return withoutPlace(square, whisperPlaceId(key));
}

export function noticed(square: Square, notice: string | null): Square {
  return { ...square, notice };
}

/** Without a place; who looked at it looks at its neighbour. */
export function withoutPlace(square: Square, id: string): Square {
  const at = square.places.findIndex((place) => place.id === id);
  if (at < 0) return square;
  const places = square.places.filter((place) => place.id !== id);
  const neighbour = places[Math.min(at, places.length - 1)]?.id ?? null;
  return square.current === id ? wentTo({ ...square, places, current: null }, neighbour) : { ...square, places };
}

function wishing(square: Square, ref: number, wish: Wish): Square {
  return { ...square, wishes: new Map(square.wishes).set(ref, wish) };
}

function inOrder(places: readonly Place[]): readonly Place[] {
  return [...places.filter(isChannel), ...places.filter((place) => !isChannel(place))];
}

function isChannel({ kind }: Place): boolean {
  return kind === 'channel';
}

function asRead(place: Place): Place {
  return { ...place, unread: 0 };
}

function withoutLine(place: Place): Place {
  return { ...place, newFrom: null };
}

function withoutLineIfRead(place: Place): Place {
  return place.unread === 0 ? withoutLine(place) : place;
}

// What the person does at the page, and what it changes at once: going somewhere, wishing, putting away.

import type { Visitor } from '../../protocols/channels/visitor/world.js';
import type { Instant } from '../../protocols/kit/machine.js';
import { withoutLine, type TextLine } from './lines.js';
import { channelPlaceId, newChannelPlace, whisperPlaceId, withAdded, type Place } from './places.js';
import { ownLineId, placeOf, withPlace, type Square, type Wish } from './square.js';
import { withWhisperPlace } from './whisperers.js';

/** Looks at a place: what was unread there is read. The mark of what was new stays until one leaves. */
export function wentTo(square: Square, id: string | null): Square {
  const { current } = square;
  const left = current === null || current === id ? square : withPlace(square, current, withoutMark);
  const arrived = { ...left, current: id };
  return id === null || !square.isWatched ? arrived : withPlace(arrived, id, asRead);
}

/** The page came to the front, or went behind. */
export function watched(square: Square, isWatched: boolean): Square {
  const { current } = square;
  if (current === null) return { ...square, isWatched };
  return withPlace({ ...square, isWatched }, current, isWatched ? asRead : withoutReadMark);
}

/** Begins a channel and goes there; whether we are let in comes later. */
export function joining(square: Square, ref: number, channel: string): Square {
  const id = channelPlaceId(channel);
  const known = placeOf(square, id) !== null;
  const places = known ? square.places : inOrder([...square.places, newChannelPlace(channel)]);
  return wentTo(wishing({ ...square, places }, ref, { kind: 'join', channel }), id);
}

/** Away from it at once, whatever the server says. */
export function parted(square: Square, channel: string): Square {
  return withoutPlace(square, channelPlaceId(channel));
}

/** Begins a conversation with one person, and goes there. */
export function turnedTo(square: Square, visitor: Visitor, now: Instant): Square {
  return wentTo(withWhisperPlace(square, visitor, now), whisperPlaceId(visitor.key));
}

/** What we say stands in its place at once, and says that it is on its way. */
export function saying(square: Square, ref: number, said: { placeId: string; text: string; at: Instant }): Square {
  const { placeId, text, at } = said;
  const id = ownLineId(ref);
  const own: TextLine = { kind: 'text', id, from: square.me, text, at, isMine: true, fate: { state: 'sending' } };
  const wished = wishing(square, ref, { kind: 'say', placeId, lineId: id });
  return withPlace(wished, placeId, (place) => withoutMark(withAdded(place, own)));
}

/** Takes what was refused out of the log. */
export function putAway(square: Square, placeId: string, lineId: string): Square {
  return withPlace(square, placeId, (place) => ({ ...place, lines: withoutLine(place.lines, lineId) }));
}

/** Ends a conversation with one person here; they can begin it anew. */
export function closedWhisper(square: Square, key: string): Square {
  return withoutPlace(square, whisperPlaceId(key));
}

/** Without a place; who looked at it looks at its neighbour. */
function withoutPlace(square: Square, id: string): Square {
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

function withoutMark(place: Place): Place {
  return { ...place, newFrom: null };
}

function withoutReadMark(place: Place): Place {
  return place.unread === 0 ? withoutMark(place) : place;
}

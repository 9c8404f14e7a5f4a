// The places one can look at: channels, and conversations with one person. Each with its log and what is unread in it.

import type { ChannelPresence, Visitor } from '../../protocols/channels/visitor/world.js';
import { withEntry, type Entry } from './entries.js';

interface PlaceShape {
  /** `#lab`, or `@` and a key. */
  readonly id: string;
  readonly entries: readonly Entry[];
  readonly unread: number;
  /** Older entries gave way to these. */
  readonly hasForgotten: boolean;
  /** The first entry that was not seen, for as long as one stays: a line stands above it. */
  readonly newFrom: string | null;
}

export interface ChannelPlace extends PlaceShape {
  readonly kind: 'channel';
  readonly channel: string;
  /** Who is in it; null until the server has let us in. */
  readonly presence: ChannelPresence | null;
}

export interface WhisperPlace extends PlaceShape {
  readonly kind: 'whisper';
  /** As they signed last. */
  readonly with: Visitor;
}

export type Place = ChannelPlace | WhisperPlace;

export function channelPlaceId(channel: string): string {
  return `#${channel}`;
}

export function whisperPlaceId(key: string): string {
  return `@${key}`;
}

export function newChannelPlace(channel: string): ChannelPlace {
  return { kind: 'channel', channel, presence: null, ...emptyPlace(channelPlaceId(channel)) };
}

export function newWhisperPlace(visitor: Visitor): WhisperPlace {
  return { kind: 'whisper', with: visitor, ...emptyPlace(whisperPlaceId(visitor.key)) };
}

function emptyPlace(id: string): PlaceShape {
  return { id, entries: [], unread: 0, hasForgotten: false, newFrom: null };
}

/** With one more entry. `isSeen`: it is looked at as it comes. */
export function withNews<P extends Place>(place: P, entry: Entry, isSeen: boolean): P {
  const unread = isSeen ? 0 : place.unread + 1;
  const newFrom = !isSeen && place.unread === 0 ? entry.id : place.newFrom;
  return { ...withAdded(place, entry), unread, newFrom };
}

/** With one more entry, whoever wrote it, and nothing else changed. */
export function withAdded<P extends Place>(place: P, entry: Entry): P {
  const entries = withEntry(place.entries, entry);
  return { ...place, entries, hasForgotten: place.hasForgotten || entries.length <= place.entries.length };
}

/** What a place is called: a channel with its `#`, a person by the name they gave. */
export function titleOf(place: Place): string {
  return place.kind === 'channel' ? place.id : place.with.name;
}

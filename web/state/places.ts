// The places one can look at: channels, and conversations with one person. Each with its log and what is unread in it.

import type { ChannelPresence, Visitor } from '../../protocols/channels/visitor/world.js';
import { withLine, type Line } from './lines.js';

interface PlaceShape {
  /** `#lab`, or `@` and a key. */
  readonly id: string;
  readonly lines: readonly Line[];
  /** Older lines gave way to these. */
  readonly hasForgotten: boolean;
  readonly unread: number;
  /** The first line that was not seen, or the oldest that is left since; it is marked until one leaves. */
  readonly newFrom: string | null;
}

/** `joining`: not in it, and will be once the server lets us in; `out`: the server said no. */
export type Membership = { state: 'joining' } | { state: 'in'; presence: ChannelPresence } | { state: 'out' };

export interface ChannelPlace extends PlaceShape {
  readonly kind: 'channel';
  readonly channel: string;
  readonly membership: Membership;
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
  return { kind: 'channel', channel, membership: { state: 'joining' }, ...emptyPlace(channelPlaceId(channel)) };
}

export function newWhisperPlace(visitor: Visitor): WhisperPlace {
  return { kind: 'whisper', with: visitor, ...emptyPlace(whisperPlaceId(visitor.key)) };
}

function emptyPlace(id: string): PlaceShape {
  return { id, lines: [], hasForgotten: false, unread: 0, newFrom: null };
}

/** With one more line, and nothing else to see. */
export function withAdded<P extends Place>(place: P, line: Line): P {
  const lines = withLine(place.lines, line);
  const hasForgotten = place.hasForgotten || lines.length <= place.lines.length;
  const isMarkKept = place.newFrom === null || lines.some(({ id }) => id === place.newFrom);
  return { ...place, lines, hasForgotten, newFrom: isMarkKept ? place.newFrom : (lines[0]?.id ?? null) };
}

/** With a line that has to be seen. `isSeen`: it is looked at as it comes. */
export function withMarked<P extends Place>(place: P, lineId: string, isSeen: boolean): P {
  if (isSeen) return { ...place, unread: 0 };
  return { ...place, unread: place.unread + 1, newFrom: place.unread === 0 ? lineId : place.newFrom };
}

/** With what others said. */
export function withNews<P extends Place>(place: P, line: Line, isSeen: boolean): P {
  return withMarked(withAdded(place, line), line.id, isSeen);
}

/** What a place is called: a channel with its `#`, a person by the name they gave. */
export function titleOf(place: Place): string {
  return place.kind === 'channel' ? place.id : place.with.name;
}

// All that the page shows of channels, as a value: news of the visitor (protocols/channels) and what the person does go
// in one after the other, and the next value comes out. Nothing is decided here about the network.

import type { ConnectionState } from '../../protocols/channels/visitor/connection.js';
import type { Visitor } from '../../protocols/channels/visitor/world.js';
import { isSending } from './lines.js';
import type { Place } from './places.js';

export interface Square {
  readonly me: Visitor;
  /** Names this run of the page (SPEC.md of channels): what we said in it is recognised by it. */
  readonly life: string;
  readonly connection: { readonly state: ConnectionState; readonly reason: string | null };
  /** Channels in the order in which we came in, then people, who spoke last first. */
  readonly places: readonly Place[];
  /** The place that is looked at. */
  readonly current: string | null;
  /** False while the page is hidden or behind another window. */
  readonly isWatched: boolean;
  /** What could not be done, outside of any place: a sentence, until the next one or until it is put away. */
  readonly notice: string | null;
  /** What was asked for and not answered yet, by the number of the wish. */
  readonly wishes: ReadonlyMap<number, Wish>;
}

/** `placeId` and `lineId`: where what was said stands meanwhile. */
export type Wish = { kind: 'join'; channel: string } | { kind: 'say'; placeId: string; lineId: string };

export function newSquare(me: Visitor, life: string): Square {
  return {
    ...{ me, life, places: [], current: null, isWatched: true, notice: null, wishes: new Map() },
    connection: { state: 'asleep', reason: null },
  };
}

/** With one place changed, where there is such a place. */
export function withPlace(square: Square, id: string, change: (place: Place) => Place): Square {
  return { ...square, places: square.places.map((place) => (place.id === id ? change(place) : place)) };
}

/** With something said above every pane; null puts away what was. */
export function withNotice(square: Square, notice: string | null): Square {
  return { ...square, notice };
}

export function placeOf(square: Square, id: string | null): Place | null {
  return square.places.find((place) => place.id === id) ?? null;
}

/** The channels one is in, or wants to be in, in their order. */
export function channelsOf({ places }: Square): string[] {
  return places.flatMap((place) => (place.kind === 'channel' ? [place.channel] : []));
}

/** True while something we said is on its way: whoever leaves now loses it. */
export function hasSomethingSending({ places }: Square): boolean {
  return places.some(({ lines }) => lines.some(isSending));
}

/** True iff what comes in there is seen as it comes. */
export function isLookedAt(square: Square, id: string): boolean {
  return square.isWatched && square.current === id;
}

/** How much is unread in all places. */
export function unreadOf(square: Square): number {
  return square.places.reduce((sum, { unread }) => sum + unread, 0);
}

/** Names a line that we wrote, until the server has given it a name. */
export function ownLineId(ref: number): string {
  return `own ${ref}`;
}

/** Names what somebody said in a channel, uniquely (VISIT-2). */
export function saidLineId({ key, life, counter }: { key: string; life: string; counter: number }): string {
  return `${key} ${life} ${counter}`;
}

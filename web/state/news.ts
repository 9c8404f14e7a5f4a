// What the visitor tells (protocols/channels), and what the page shows after it.

import type { VisitorAnswer, VisitorNews } from '../../protocols/channels/visitor/world.js';
import { never, type Instant } from '../../protocols/kit/machine.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import { harmless } from '../../protocols/kit/text.js';
import { withFate, withoutLine, type FateChange, type TextLine } from './lines.js';
import { channelPlaceId, whisperPlaceId, withAdded, withMarked, withNews, type Membership } from './places.js';
import { isLookedAt, placeOf, saidLineId, withNotice, withPlace, type Square, type Wish } from './square.js';
import { withWhisperPlace } from './whisperers.js';
import { awaySentence, duration, sentence } from './wording.js';

type News<K extends VisitorNews['news']> = Extract<VisitorNews, { news: K }>;

export function afterNews(square: Square, news: VisitorNews, now: Instant): Square {
  switch (news.news) {
    case 'connection':
      return connected(square, news);
    case 'said':
      return said(square, news);
    case 'whispered':
      return whispered(square, news, now);
    case 'presence':
      return withMembership(square, news.presence.channel, { state: 'in', presence: news.presence });
    case 'missed':
      return remarked(square, channelPlaceId(news.channel), awaySentence(news.awayMs), now);
    case 'lost':
      return out(square, news.channel, news.refusal, now);
    case 'untimely':
      return withNotice(square, sentence(new Refusal('CHANNEL_UNTIMELY', duration(Math.abs(news.aheadMs)))));
    case 'forgery':
      return withNotice(square, sentence(new Refusal('CHANNEL_FORGERY', news.what)));
    default:
      return never(news);
  }
}

/** The answer to a wish, which each gets once. */
export function afterAnswer(square: Square, ref: number, answer: VisitorAnswer, now: Instant): Square {
  const wish = square.wishes.get(ref);
  if (!wish) return square;
  const wishes = new Map(square.wishes);
  wishes.delete(ref);
  const rest = { ...square, wishes };
  if (wish.kind === 'say') return settled(rest, wish, answer);
  return answer.ok ? rest : notJoined(rest, wish.channel, answer.refusal, now);
}

/** While we are not connected nobody knows who is where. */
function connected(square: Square, { state, reason }: News<'connection'>): Square {
  const connection = { state, reason: reason && harmless(reason) };
  if (state === 'open') return { ...square, connection };
  const places = square.places.map((place) =>
    place.kind === 'channel' && place.membership.state === 'in'
      ? { ...place, membership: { state: 'joining' as const } }
      : place,
  );
  return { ...square, connection, places };
}

/** What we said ourselves comes back by the server: then it stands where everybody has it. */
function said(square: Square, { channel, from, life, counter, text, at, isMine }: News<'said'>): Square {
  const id = saidLineId({ key: from.key, life, counter });
  const placeId = channelPlaceId(channel);
  const shape = { kind: 'text', id, from, text, at } as const;
  if (!isMine) return heard(square, placeId, { ...shape, isMine });
  return withPlace(square, placeId, (place) => {
    const others = withoutLine(place.lines, id); // the one that stood there as sent
    return withAdded({ ...place, lines: others }, { ...shape, isMine, fate: { state: 'heard' } });
  });
}

function whispered(square: Square, { from, id, text, at }: News<'whispered'>, now: Instant): Square {
  const line: TextLine = { kind: 'text', id: `${from.key} ${id}`, from, text, at, isMine: false };
  return heard(withWhisperPlace(square, from, now), whisperPlaceId(from.key), line);
}

function heard(square: Square, placeId: string, line: TextLine): Square {
  const isSeen = isLookedAt(square, placeId);
  return withPlace(square, placeId, (place) => withNews(place, line, isSeen));
}

/**
 * A server that is not there has not said no: the wish stays, and comes true when it is back. Where it said no, the
 * place stays too: whoever types there must not find themselves typing elsewhere.
 */
function notJoined(square: Square, channel: string, refusal: Refusal, now: Instant): Square {
  const isAway = square.connection.state !== 'open' || refusal.code === 'CHANNEL_AWAY';
  return isAway ? square : out(square, channel, refusal, now);
}

/** Not in a channel, and why. */
function out(square: Square, channel: string, refusal: Refusal, now: Instant): Square {
  const without = withMembership(square, channel, { state: 'out' });
  return remarked(without, channelPlaceId(channel), sentence(refusal), now);
}

function withMembership(square: Square, channel: string, membership: Membership): Square {
  return withPlace(square, channelPlaceId(channel), (place) =>
    place.kind === 'channel' ? { ...place, membership } : place,
  );
}

/** The page itself says something in a place. */
function remarked(square: Square, placeId: string, text: string, at: Instant): Square {
  const id = `note ${placeId} ${at} ${text}`;
  return withPlace(square, placeId, (place) => withAdded(place, { kind: 'note', id, text, at }));
}

function settled(square: Square, wish: Extract<Wish, { kind: 'say' }>, answer: VisitorAnswer): Square {
  if (!answer.ok) return refused(square, wish, sentence(answer.refusal));
  if (answer.done === 'whispered') return fated(square, wish, { fate: { state: 'delivered' }, at: answer.at });
  return answer.done === 'said' ? taken(square, wish, answer) : square;
}

/** The server has it. Where it came back already, that is the one that stays. */
function taken(
  square: Square,
  wish: Extract<Wish, { kind: 'say' }>,
  { at, counter }: { at: Instant; counter: number },
): Square {
  const id = saidLineId({ key: square.me.key, life: square.life, counter });
  const isBack = placeOf(square, wish.placeId)?.lines.some((line) => line.id === id) ?? false;
  if (!isBack) return fated(square, wish, { fate: { state: 'sent' }, at, id });
  return withPlace(square, wish.placeId, (place) => ({ ...place, lines: withoutLine(place.lines, wish.lineId) }));
}

/** What was not said is as good as news to whoever looks elsewhere by now. */
function refused(square: Square, wish: Extract<Wish, { kind: 'say' }>, why: string): Square {
  const { placeId, lineId } = wish;
  const isSeen = isLookedAt(square, placeId);
  const marked = withPlace(square, placeId, (place) => withMarked(place, lineId, isSeen));
  return fated(marked, wish, { fate: { state: 'refused', why } });
}

function fated(square: Square, wish: Extract<Wish, { kind: 'say' }>, change: FateChange): Square {
  const { placeId, lineId } = wish;
  return withPlace(square, placeId, (place) => ({ ...place, lines: withFate(place.lines, lineId, change) }));
}

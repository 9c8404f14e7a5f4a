// What the visitor tells (protocols/channels), and what it changes in what the page shows.

import type { VisitorAnswer, VisitorNews } from '../../protocols/channels/visitor/world.js';
import { never, type Instant } from '../../protocols/kit/machine.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import { harmless } from '../../protocols/kit/text.js';
import { noticed } from './deeds.js';
import { withFate, withoutEntry, type Entry, type FateChange } from './entries.js';
import { channelPlaceId, whisperPlaceId, withAdded, withNews } from './places.js';
import { isLookedAt, placeOf, saidEntryId, withPlace, type Square, type Wish } from './square.js';
import { withWhisperPlace } from './whisperers.js';
import { awaySentence, duration, sentence } from './words.js';

type News<K extends VisitorNews['news']> = Extract<VisitorNews, { news: K }>;

export function heardNews(square: Square, news: VisitorNews, now: Instant): Square {
  switch (news.news) {
    case 'connection':
      return { ...square, connection: { state: news.state, reason: news.reason && harmless(news.reason) } };
    case 'said':
      return said(square, news);
    case 'whispered':
      return whispered(square, news, now);
    case 'presence':
      return withPlace(square, channelPlaceId(news.presence.channel), (place) => ({
        ...place,
        presence: news.presence,
      }));
    case 'missed':
      return remarked(square, channelPlaceId(news.channel), awaySentence(news.awayMs), now);
    case 'lost':
      return out(square, news.channel, news.refusal, now);
    case 'untimely':
      return noticed(square, sentence(new Refusal('CHANNEL_UNTIMELY', duration(Math.abs(news.aheadMs)))));
    case 'forgery':
      return noticed(square, sentence(new Refusal('CHANNEL_FORGERY', news.what)));
    default:
      return never(news);
  }
}

/** The answer to a wish, which each gets once. */
export function answered(square: Square, ref: number, answer: VisitorAnswer, now: Instant): Square {
  const wish = square.wishes.get(ref);
  if (!wish) return square;
  const wishes = new Map(square.wishes);
  wishes.delete(ref);
  const rest = { ...square, wishes };
  if (wish.kind === 'say') return settled(rest, wish, answer);
  return answer.ok || wish.kind === 'part' ? rest : notJoined(rest, wish.channel, answer.refusal, now);
}

/** What we said ourselves comes back by the server: then it stands where everybody has it. */
function said(square: Square, news: News<'said'>): Square {
  const { channel, from, life, counter, text, at, isMine } = news;
  const id = saidEntryId({ key: from.key, life, counter });
  const place = channelPlaceId(channel);
  const entry: Entry = { kind: 'text', id, from, text, at, isMine, fate: { state: 'heard' } };
  const isSeen = isMine || isLookedAt(square, place);
  return withPlace(square, place, (found) => {
    const entries = withoutEntry(found.entries, id); // the one that stood there as sent
    const changed = withNews({ ...found, entries }, entry, isSeen);
    return isMine ? { ...changed, unread: found.unread } : changed;
  });
}

function whispered(square: Square, { from, id, text, at }: News<'whispered'>, now: Instant): Square {
  const place = whisperPlaceId(from.key);
  const entry: Entry = {
    kind: 'text',
    id: `${from.key} ${id}`,
    from,
    text,
    at,
    isMine: false,
    fate: { state: 'heard' },
  };
  const isSeen = isLookedAt(square, place);
  return withPlace(withWhisperPlace(square, from, now), place, (found) => withNews(found, entry, isSeen));
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
  const id = channelPlaceId(channel);
  const without = withPlace(square, id, (place) => ({ ...place, presence: null }));
  return remarked(without, id, sentence(refusal), now);
}

/** The page itself says something in a place. */
function remarked(square: Square, place: string, text: string, at: Instant): Square {
  const id = `note ${place} ${at} ${text}`;
  return withPlace(square, place, (found) => withAdded(found, { kind: 'note', id, text, at }));
}

function settled(square: Square, { place, entry }: Extract<Wish, { kind: 'say' }>, answer: VisitorAnswer): Square {
  if (!answer.ok) return refused(square, place, entry, sentence(answer.refusal));
  if (answer.done === 'whispered') return fated(square, place, entry, { fate: { state: 'delivered' }, at: answer.at });
  if (answer.done !== 'said') return square;
  const id = saidEntryId({ key: square.me.key, life: square.life, counter: answer.counter });
  const isHeard = placeOf(square, place)?.entries.some((other) => other.id === id) ?? false;
  return withPlace(square, place, (found) => {
    if (isHeard) return { ...found, entries: withoutEntry(found.entries, entry) };
    const sent = withFate(found.entries, entry, { fate: { state: 'sent' }, at: answer.at });
    return { ...found, entries: sent.map((other) => (other.id === entry ? { ...other, id } : other)) };
  });
}

/** What was not said is as good as news to whoever looks elsewhere by now. */
function refused(square: Square, place: string, entry: string, why: string): Square {
  const isSeen = isLookedAt(square, place);
  const marked = withPlace(square, place, (found) => ({ ...found, unread: isSeen ? 0 : found.unread + 1 }));
  return fated(marked, place, entry, { fate: { state: 'refused', why } });
}

function fated(square: Square, place: string, entry: string, change: FateChange): Square {
  return withPlace(square, place, (found) => ({ ...found, entries: withFate(found.entries, entry, change) }));
}

// What the visitor tells (protocols/channels), and what it changes in what the page shows.

import type { VisitorAnswer, VisitorNews } from '../../protocols/channels/visitor/world.js';
import { never, type Instant } from '../../protocols/kit/machine.js';
import { refusalText, type Refusal } from '../../protocols/kit/refusals.js';
import { harmless } from '../../protocols/kit/text.js';
import { noticed, withoutPlace, withWhisperPlace } from './deeds.js';
import { withFate, withoutEntry, type Entry, type FateChange } from './entries.js';
import { channelPlaceId, whisperPlaceId, withNews } from './places.js';
import { isLookedAt, placeOf, saidEntryId, withPlace, type Square, type Wish } from './square.js';
import { awaySentence } from './words.js';

type News<K extends VisitorNews['news']> = Extract<VisitorNews, { news: K }>;

export function heardNews(square: Square, news: VisitorNews, now: Instant): Square {
  switch (news.news) {
    case 'connection':
      return { ...square, connection: { state: news.state, reason: news.reason && harmless(news.reason) } };
    case 'said':
      return said(square, news);
    case 'whispered':
      return whispered(square, news);
    case 'presence':
      return withPlace(square, channelPlaceId(news.presence.channel), (place) => ({
        ...place,
        presence: news.presence,
      }));
    case 'missed':
      return remarked(square, channelPlaceId(news.channel), awaySentence(news.awayMs), now);
    case 'lost':
      return lost(square, news, now);
    case 'forgery':
      return noticed(square, `The server showed what nobody said: ${news.what}. It was left out.`);
    default:
      return never(news);
  }
}

/** The answer to a wish, which each gets once. */
export function answered(square: Square, ref: number, answer: VisitorAnswer): Square {
  const wish = square.wishes.get(ref);
  if (!wish) return square;
  const wishes = new Map(square.wishes);
  wishes.delete(ref);
  const rest = { ...square, wishes };
  if (wish.kind === 'say') return settled(rest, wish, answer);
  return answer.ok || wish.kind === 'part' ? rest : notJoined(rest, wish.channel, answer.refusal);
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

function whispered(square: Square, { from, id, text, at }: News<'whispered'>): Square {
  const place = whisperPlaceId(from.key);
  const entry: Entry = { kind: 'text', id, from, text, at, isMine: false, fate: { state: 'heard' } };
  const isSeen = isLookedAt(square, place);
  return withPlace(withWhisperPlace(square, from), place, (found) => withNews(found, entry, isSeen));
}

/** Out of a channel we had been in: it stays to be read, and says why nothing comes any more. */
function lost(square: Square, { channel, refusal }: News<'lost'>, now: Instant): Square {
  const id = channelPlaceId(channel);
  return remarked(
    withPlace(square, id, (place) => ({ ...place, presence: null })),
    id,
    sentence(refusal),
    now,
  );
}

/** The page itself says something in a place. */
function remarked(square: Square, place: string, text: string, at: Instant): Square {
  const id = `note ${place} ${at} ${placeOf(square, place)?.entries.length ?? 0}`;
  const entry: Entry = { kind: 'note', id, text, at };
  return withPlace(square, place, (found) => {
    const { unread, newFrom } = found;
    return { ...withNews(found, entry, true), unread, newFrom };
  });
}

/** A server that is not there has not said no: the wish stays, and comes true when it is back. */
function notJoined(square: Square, channel: string, refusal: Refusal): Square {
  if (square.connection.state !== 'open' || refusal.code === 'CHANNEL_AWAY') return square;
  const id = channelPlaceId(channel);
  const hadEntries = (placeOf(square, id)?.entries.length ?? 0) > 0;
  return noticed(hadEntries ? square : withoutPlace(square, id), sentence(refusal));
}

/** What a refusal is about may come from the server: it is text of others. */
function sentence(refusal: Refusal): string {
  return harmless(refusalText(refusal));
}

function settled(square: Square, { place, entry }: Extract<Wish, { kind: 'say' }>, answer: VisitorAnswer): Square {
  if (!answer.ok) return fated(square, place, entry, { fate: { state: 'refused', why: sentence(answer.refusal) } });
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

function fated(square: Square, place: string, entry: string, change: FateChange): Square {
  return withPlace(square, place, (found) => ({ ...found, entries: withFate(found.entries, entry, change) }));
}

// What is read aloud to people who listen instead of looking: what comes in, in the place that is looked at, and that
// something came elsewhere.

import type { VisitorAnswer, VisitorNews } from '../../protocols/channels/visitor/world.js';
import type { TextLine } from './lines.js';
import { channelPlaceId, titleOf, whisperPlaceId, type Place } from './places.js';
import { harmlessLines } from './rich-text.js';
import { placeOf, type Square } from './square.js';
import { awaySentence, connectionLine, sentence } from './wording.js';

const SPOKEN_LETTERS = 300;

/** A sentence for the live region, or null where there is nothing to say. */
export function announcement(square: Square, news: VisitorNews): string | null {
  switch (news.news) {
    case 'said':
      return news.isMine ? null : spoken(square, channelPlaceId(news.channel), news, `#${news.channel}`);
    case 'whispered':
      return spoken(square, whisperPlaceId(news.from.key), news, 'in private');
    case 'connection':
      return news.state === 'open' ? 'Connected.' : connectionLine(news.state);
    case 'missed':
      return awaySentence(news.awayMs);
    case 'lost':
      return `Out of #${news.channel}. ${sentence(news.refusal)}`;
    default:
      return null;
  }
}

/** That something was not said, whichever place is looked at; null for every other answer. */
export function refusedAloud(square: Square, ref: number, answer: VisitorAnswer): string | null {
  const wish = square.wishes.get(ref);
  if (answer.ok || wish?.kind !== 'say') return null;
  const place = placeOf(square, wish.placeId);
  return place && `What you said ${where(place)}: ${sentence(answer.refusal)}`;
}

function where(place: Place): string {
  return place.kind === 'channel' ? `in ${place.id}` : `to ${titleOf(place)} in private`;
}

function spoken(square: Square, placeId: string, { from, text }: Pick<TextLine, 'from' | 'text'>, at: string): string {
  if (square.current !== placeId) return `New from ${from.name}, ${at}.`;
  const shown = harmlessLines(text);
  return `${from.name}: ${shown.length > SPOKEN_LETTERS ? `${shown.slice(0, SPOKEN_LETTERS)} …` : shown}`;
}

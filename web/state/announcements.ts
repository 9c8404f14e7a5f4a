// What is read aloud to people who listen instead of looking: what comes in, in the place that is looked at, and that
// something came elsewhere.

import type { VisitorNews } from '../../protocols/channels/visitor/world.js';
import { channelPlaceId, whisperPlaceId } from './places.js';
import { harmlessLines } from './rich-text.js';
import type { Square } from './square.js';
import { awaySentence, connectionLine } from './words.js';

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
    default:
      return null;
  }
}

function spoken(
  square: Square,
  place: string,
  { from, text }: { from: { name: string }; text: string },
  where: string,
): string {
  if (square.current !== place) return `New from ${from.name}, ${where}.`;
  const shown = harmlessLines(text);
  return `${from.name}: ${shown.length > SPOKEN_LETTERS ? `${shown.slice(0, SPOKEN_LETTERS)} …` : shown}`;
}

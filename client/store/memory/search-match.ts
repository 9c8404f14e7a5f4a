// Decides whether a message matches a search, by the rules of SQLite's full-text index.

import type { SearchQuery, StoredMessage } from '../../engine/core/store.js';

export function matchesQuery(message: StoredMessage, { words, mine, peer, before }: SearchQuery): boolean {
  if (!message.shown || (mine !== null && message.mine !== mine)) return false;
  if ((peer !== null && message.peer !== peer) || (before !== null && message.at >= before)) return false;
  const text = wordsOf(message.text);
  return words.every((word) => contains(text, wordsOf(word)));
}

/** Words are runs of letters and digits, without case and accents. Everything else separates words. */
function wordsOf(text: string): string[] {
  const folded = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return folded.match(/[\p{L}\p{N}\p{Co}]+/gu) ?? [];
}

/** True iff the words of the phrase are consecutive words of the text. A phrase without words matches nothing. */
function contains(text: readonly string[], phrase: readonly string[]): boolean {
  if (phrase.length === 0) return false;
  return text.some((_, at) => phrase.every((word, next) => text[at + next] === word));
}

// Whether a message is one that somebody searches, by the rules that the full-text index of SQLite has for words.

import type { SearchQuery, StoredMessage } from '../../engine/core/store.js';

export function matchesQuery(message: StoredMessage, { words, mine, peer, before }: SearchQuery): boolean {
  if (!message.shown || (mine !== null && message.mine !== mine)) return false;
  if ((peer !== null && message.peer !== peer) || (before !== null && message.at >= before)) return false;
  const text = wordsOf(message.text);
  return words.every((word) => holds(text, wordsOf(word)));
}

/** Letters and digits, without case and accents; everything else stands between words. */
function wordsOf(text: string): string[] {
  const folded = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return folded.match(/[\p{L}\p{N}\p{Co}]+/gu) ?? [];
}

/** True iff the words of a phrase follow each other somewhere. A phrase without words is nowhere. */
function holds(text: readonly string[], phrase: readonly string[]): boolean {
  if (phrase.length === 0) return false;
  return text.some((_, at) => phrase.every((word, next) => text[at + next] === word));
}

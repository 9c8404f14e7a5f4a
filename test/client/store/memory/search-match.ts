// Decides whether a message matches a search, by the rules of SQLite's full-text index.

import type { Author, GroupAuthor, SearchQuery, StoredMessage } from '../../../../client/engine/core/store.js';

/** `groupAuthor`: who wrote the message if it is of a group, else null. */
export function matchesQuery(message: StoredMessage, groupAuthor: GroupAuthor | null, query: SearchQuery): boolean {
  const { words, author, peer, before } = query;
  if (!message.shown || !isBy(author, message, groupAuthor)) return false;
  if ((peer !== null && message.peer !== peer) || (before !== null && message.at >= before)) return false;
  const text = wordsOf(message.text);
  return words.every((word) => contains(text, wordsOf(word)));
}

function isBy(author: Author | null, { mine, peer }: StoredMessage, groupAuthor: GroupAuthor | null): boolean {
  if (author === null) return true;
  if (author.type === 'me') return mine;
  const isOfKey = author.key === null || groupAuthor === null || groupAuthor.key === author.key;
  return !mine && isOfKey && author.name === (groupAuthor?.name ?? peer);
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

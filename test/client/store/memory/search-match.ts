// Decides whether a message matches a search, by the rules of SQLite's full-text index.

import type { Author, GroupAuthor, SearchQuery, StoredMessage } from '../../../../client/engine/core/store.js';

/** `groupAuthor`: who wrote the message if it is of a group, else null. */
export function matchesQuery(message: StoredMessage, groupAuthor: GroupAuthor | null, query: SearchQuery): boolean {
  const { words, author, peer, before } = query;
  if (!message.shown || !isBy(author, message, groupAuthor)) return false;
  if ((peer !== null && message.peer !== peer) || (before !== null && message.at >= before)) return false;
  return words.every((word) => hasWord(message.text, word));
}

/** Next to letters, punctuation only separates. Alone it is searched for, as other symbols always are. */
function hasWord(text: string, word: string): boolean {
  const wanted = wordsOf(word);
  const symbols = symbolsOf(wanted.length > 0 ? word.replace(/\p{P}/gu, '') : word);
  if (wanted.length === 0 && symbols.length === 0) return false;
  return contains(wordsOf(text), wanted) && contains(symbolsOf(text), symbols);
}

function isBy(author: Author | null, { mine, peer }: StoredMessage, groupAuthor: GroupAuthor | null): boolean {
  if (author === null) return true;
  if (author.type === 'me') return mine;
  const isOfKey = author.key === null || groupAuthor === null || groupAuthor.key === author.key;
  return !mine && isOfKey && author.name === (groupAuthor?.name ?? peer);
}

/**
 * Words are runs of letters and digits, without case and accents. Everything else separates words. Each letter of a
 * script without spaces is a word.
 */
function wordsOf(text: string): string[] {
  const folded = text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC').toLowerCase();
  const runs = folded.match(/[\p{L}\p{N}\p{Co}]+/gu) ?? [];
  return runs.flatMap(
    (run) =>
      run.match(
        /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}ー]|[^\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}ー]+/gu,
      ) ?? [],
  );
}

function symbolsOf(text: string): string[] {
  return text.match(/[\p{S}\p{P}]/gu) ?? [];
}

/** True iff the words of the phrase are consecutive words of the text. */
function contains(text: readonly string[], phrase: readonly string[]): boolean {
  return phrase.length === 0 || text.some((_, at) => phrase.every((word, next) => text[at + next] === word));
}

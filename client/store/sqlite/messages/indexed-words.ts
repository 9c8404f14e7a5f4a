// The words of the search index. A text and what is searched in it are cut by the same rules, so a word finds itself.
//
// The index separates words at everything but letters and digits. Scripts without spaces would be one word a sentence,
// so each of their letters is a word, and a word of theirs is a phrase. Symbols, such as emoji, are in a column of
// their own, in their order: there `see-you` and `see: you` differ, and in the words they do not.

/** A letter or digit of a script that puts no spaces between words, or endings directly behind them. */
const SPACELESS_SCRIPTS = ['Han', 'Hira', 'Kana', 'Bopo', 'Hang', 'Thai', 'Laoo', 'Khmr', 'Mymr', 'Tibt'];
const SPACELESS = new RegExp(
  `(?=[\\p{L}\\p{N}])[${SPACELESS_SCRIPTS.map((script) => `\\p{scx=${script}}`).join('')}]`,
  'gu',
);

const SYMBOL = /[\p{S}\p{P}]/gu;
const WORD = /[\p{L}\p{N}\p{Co}]/u;
const ASCII = /^[\x20-\x7e]*$/;

/** The text for the column of words: letters of scripts without spaces stand alone. */
export function wordsOf(text: string): string {
  return ASCII.test(text) ? text : text.normalize('NFC').replace(SPACELESS, ' $& ').replaceAll('\0', ' ');
}

/** The text for the column of symbols: a word for each, in their order. */
export function symbolsOf(text: string): string {
  return (text.normalize('NFC').match(SYMBOL) ?? []).map(symbolWord).join(' ');
}

/**
 * The condition for a word, or for a phrase of words; null if it has neither letters nor symbols. Next to letters,
 * punctuation only separates (`don't`, `see-you`), and other symbols count (`C++`).
 */
export function wordCondition(word: string): string | null {
  const hasWords = WORD.test(word.normalize('NFC'));
  const symbols = symbolsOf(hasWords ? word.replace(/\p{P}/gu, ' ') : word);
  const conditions = [hasWords ? `text : ${quoted(wordsOf(word))}` : '', symbols ? `symbols : ${quoted(symbols)}` : ''];
  return conditions.filter(Boolean).join(' AND ') || null;
}

function symbolWord(symbol: string): string {
  return `s${(symbol.codePointAt(0) ?? 0).toString(16)}`;
}

/** Quoted, so that no input is an operator of the index. */
function quoted(phrase: string): string {
  return `"${phrase.replaceAll('"', '""').replaceAll('\0', ' ')}"`;
}

// Splits a line into words as Unix does, for commands with a path: `my\ photo.png`, `"my photo.png"`.

/** A quoted part, an escaped character, or plain characters. A quote that is never closed is an apostrophe. */
const PART = /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\([\s"'\\])|(\s+)|([^\s"'\\]+|[^\s])/gsu;

/** A backslash in front of any other character stays: it is a part of a path on Windows. */
export function pathWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (const [, double, single, escaped, blank, plain] of line.matchAll(PART)) {
    if (blank === undefined) word = (word ?? '') + (unescaped(double) ?? single ?? escaped ?? plain ?? '');
    else if (word !== null) {
      words.push(word);
      word = null;
    }
  }
  return word === null ? words : [...words, word];
}

function unescaped(quoted: string | undefined): string | undefined {
  return quoted?.replace(/\\(["\\])/g, '$1');
}

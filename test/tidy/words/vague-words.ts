// Vague words in prose: how often sources and pages say "somebody" where a noun would say who it is.

/** A text of the project: a source or a page. */
interface Text {
  readonly path: string;
  readonly text: string;
}

const VAGUE = /\b(somebody|nobody|whoever|anybody)\b/i;

/** These name the words themselves. */
const EXEMPT = /^(test\/tidy\/|CONTRIBUTING\.md$)/;

/** Lines with a vague word, as `path:line`. */
export function vagueLines(texts: readonly Text[]): string[] {
  return texts
    .filter(({ path }) => !EXEMPT.test(path))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, at) => (VAGUE.test(line) ? [`${path}:${at + 1}`] : [])),
    );
}

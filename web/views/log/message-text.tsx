// The text of a message: text nodes, and links whose target is the address they show. Long texts are folded.

import { useMemo, useState } from 'preact/hooks';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { sanitizeLines } from '../../../protocols/kit/sanitize.js';
import { textParts } from '../../state/rich-text.js';

const FOLDED_LINES = 30;
/** The first half of a surrogate pair. */
const HALF_A_CHARACTER = /[\ud800-\udbff]$/;

export function MessageText({ text: raw }: { text: string }) {
  const [isUnfolded, setUnfolded] = useState(false);
  const text = useMemo(() => sanitizeLines(raw), [raw]);
  const folded = foldedText(text);
  const isFolded = folded.length < text.length && !isUnfolded;
  const parts = useMemo(() => textParts(isFolded ? folded : text), [text, isFolded]);
  return (
    <>
      <p class="text" dir="auto">
        {parts.map(({ text: part, href }) =>
          href === null ? (
            part
          ) : (
            <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
              {part}
            </a>
          ),
        )}
        {isFolded && ' …'}
      </p>
      {isFolded && (
        <button type="button" onClick={() => setUnfolded(true)}>
          Show all {text.length.toLocaleString()} characters
        </button>
      )}
    </>
  );
}

function foldedText(text: string): string {
  const lines = text.split('\n');
  const cut = lines.length > FOLDED_LINES ? lines.slice(0, FOLDED_LINES).join('\n') : text;
  return cut.slice(0, LIMITS.pageFoldedCharacters).replace(HALF_A_CHARACTER, '');
}

// Bracketed paste: the terminal marks where a pasted text begins and ends, so that its line breaks are not Enter.
// Source: xterm control sequences, "Bracketed Paste Mode" (private mode 2004).

import type { Key } from 'node:readline';
import { LIMITS } from '../../../../protocols/kit/limits.js';

export const PASTE_ON = '\x1b[?2004h';
export const PASTE_OFF = '\x1b[?2004l';

/** `typed`: the key is no part of a paste. `taken`: it is, and the paste goes on. */
export type PasteStep = { type: 'typed' } | { type: 'taken' } | { type: 'pasted'; text: string };

/** Collects the keys of a paste. Line breaks become line feeds, tabs stay, other control characters are dropped. */
export class BracketedPaste {
  private collected: string | null = null;

  press(text: string | undefined, key: Key | undefined): PasteStep {
    if (key?.name === 'paste-start') {
      this.collected = '';
      return { type: 'taken' };
    }
    if (this.collected === null) return { type: 'typed' };
    if (key?.name === 'paste-end') return this.end();
    const letter = text ?? '';
    // One character over the bound is kept, so that the parser refuses the text.
    if (this.collected.length <= LIMITS.commandLineBytes && !isDropped(letter)) this.collected += letter;
    return { type: 'taken' };
  }

  private end(): PasteStep {
    const text = (this.collected ?? '').replace(/\r\n?/g, '\n').replace(/\n+$/, '');
    this.collected = null;
    return { type: 'pasted', text };
  }
}

function isDropped(letter: string): boolean {
  return /[^\P{Cc}\t\n\r]/u.test(letter);
}

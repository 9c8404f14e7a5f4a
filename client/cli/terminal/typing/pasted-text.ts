// A pasted text with line breaks: how it is shown before it is sent, and the line that sends it.

import { LIMITS } from '../../../../protocols/kit/limits.js';
import { counted, excerpt } from '../../draw/view-options.js';

const LETTERS_PER_LINE = 72;

/** The first lines of the text, and how many more there are. */
export function pastePreview(text: string): string[] {
  const lines = text.split('\n');
  const shown = lines.slice(0, LIMITS.pastePreviewLines).map((line) => `        ${excerpt(line, LETTERS_PER_LINE)}`);
  const more = lines.length - shown.length;
  return more === 0 ? shown : [...shown, `        … and ${counted(more, 'more line')}`];
}

/** The line of a conversation that sends the text, also if it looks like a command. */
export function asMessage(text: string): string {
  const typed = text.trimStart();
  return typed.startsWith('/') ? `/${typed}` : text;
}

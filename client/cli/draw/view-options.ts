// The options of every drawing: your name, the open conversation, colours, time zone, width.

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import { sanitize, sanitizeLines } from '../../../protocols/kit/sanitize.js';
import { widthMax, wrappedLine } from '../../../protocols/kit/text/wrapped-line.js';
import type { Colours } from './colours.js';

export interface ViewOptions {
  readonly me: string;
  readonly conversation: string | null;
  readonly colours: Colours;
  readonly zone: string | undefined;
  readonly now: Instant;
  /** Of the terminal now; undefined where lines are not wrapped. */
  readonly columns: number | undefined;
}

/**
 * What this program says, and a text behind it that may have several lines. All rows but the first stand below the
 * beginning of the text, so that none looks like a line of this program.
 */
export function hangingText(head: string, text: string, { columns }: ViewOptions): string {
  const indent = widthMax(head);
  const [first = '', ...more] = text.split('\n');
  const lines = [head + first, ...more.map((line) => ' '.repeat(indent) + line)];
  if (columns === undefined) return lines.join('\n');
  return lines.flatMap((line) => wrappedLine(line, { columns, indent })).join('\n');
}

/**
 * The lines of a text within a bound, without runs of empty ones: no message fills the screen. One line where lines are
 * not wrapped, because programs read those.
 */
export function textRows(text: string, { columns }: Pick<ViewOptions, 'columns'>): string {
  if (columns === undefined) return sanitize(text);
  const all = sanitizeLines(text).trimEnd().split('\n');
  const isBlank = (at: number): boolean => (all[at] ?? '').trim() === '';
  const lines = all.filter((_, at) => !isBlank(at) || !isBlank(at - 1));
  const more = lines.length - LIMITS.messageRowsMax;
  return more <= 0 ? lines.join('\n') : [...lines.slice(0, -more), `… (${counted(more, 'more line')})`].join('\n');
}

/** A name without control characters, in its colour. */
export function shownName(name: string, { colours: colours }: ViewOptions): string {
  return colours.name(name, sanitize(name));
}

/** The beginning of a text as one line without control characters. */
export function excerpt(text: string, lettersMax = 40): string {
  const letters = [...sanitize(text).slice(0, 4 * lettersMax)];
  return letters.length > lettersMax ? `${letters.slice(0, lettersMax - 1).join('')}…` : letters.join('');
}

/** `1 message`, `2 messages`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/**
 * Rows as columns, each as wide as its widest cell; the last column as it comes. `colour` sees the cell already
 * padded.
 */
export function columns(
  rows: readonly (readonly string[])[],
  colour: (cell: string, column: number, row: number) => string = (cell) => cell,
): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, k) => (widths[k] = Math.max(widths[k] ?? 0, cell.length)));
  return rows.map((cells, row) => {
    const last = cells.length - 1;
    const padded = cells.map((cell, k) => colour(k === last ? cell : cell.padEnd(widths[k] ?? 0), k, row));
    return `  ${padded.join('  ')}`.trimEnd();
  });
}

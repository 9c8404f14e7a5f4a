// Wraps a line for a terminal: every row after the first is indented, so that no part of a text starts where a line
// starts. Widths are upper bounds, because terminals disagree about emoji: a row may be short, but is never too long.

/** Sets a colour, as the client draws it. It takes no room. */
const COLOUR = '\\u001b\\[[0-9;]*m';
/** Drawn over the character before them, or not at all. */
const WITHOUT_WIDTH = '\\p{Mn}\\p{Me}\\u200c\\u200d\\u{e0020}-\\u{e007f}';
/** Blocks in which Unicode has wide characters (UAX 11), emoji, and all that terminals may draw as emoji. */
const WIDE = new RegExp(
  '[\\u1100-\\u115f\\u2329\\u232a\\u2e80-\\u303e\\u3041-\\ua4cf\\ua960-\\ua97f\\uac00-\\ud7ff\\uf900-\\ufaff' +
    '\\ufe10-\\ufe19\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6\\u{16fe0}-\\u{18fff}\\u{1aff0}-\\u{1b2ff}' +
    '\\u{1d300}-\\u{1d37f}\\u{1f000}-\\u{1faff}\\u{20000}-\\u{3fffd}\\p{Emoji_Presentation}\\p{Extended_Pictographic}]',
  'u',
);
/** It can turn a narrow character into a wide one. */
const EMOJI_SELECTOR = '\ufe0f';

const COLOURS = new RegExp(COLOUR, 'gu');
const IS_WITHOUT_WIDTH = new RegExp(`[${WITHOUT_WIDTH}]`, 'u');
/** Words and the spaces between them. */
const WORDS = / +|[^ ]+/g;
/** A character with all that is drawn over it. Without a selector it takes two columns at most. */
const CHARACTERS = new RegExp(`(?:${COLOUR})+|.[${WITHOUT_WIDTH}]*`, 'gsu');

/** The columns that a line takes at most. */
export function widthMax(line: string): number {
  let width = 0;
  for (const character of line.replace(COLOURS, '')) {
    if (character === EMOJI_SELECTOR || !IS_WITHOUT_WIDTH.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** `columns`: of the terminal. `indent`: of every row but the first; at most half of the columns are used for it. */
export interface Wrapping {
  readonly columns: number;
  readonly indent: number;
}

/** Below it nothing is wrapped: not every character would have room beside the indentation. */
const COLUMNS_MIN = 8;

/** The rows of one line. They end between words where that is possible. */
export function wrappedLine(line: string, wrapping: Wrapping): string[] {
  if (wrapping.columns < COLUMNS_MIN) return [line];
  // Most lines are far shorter than a row. No character takes more than two columns.
  if (2 * line.length <= wrapping.columns || widthMax(line) <= wrapping.columns) return [line];
  const rows = new Rows(wrapping);
  for (const [word] of line.matchAll(WORDS)) rows.add(word);
  return rows.finished();
}

/** Rows that are being filled. */
class Rows {
  private readonly done: string[] = [];
  private readonly indent: string;
  private row = '';
  private width = 0;
  /** True if the row has nothing but its indentation. */
  private isEmpty = true;

  constructor(private readonly wrapping: Wrapping) {
    this.indent = ' '.repeat(Math.min(wrapping.indent, Math.floor(wrapping.columns / 2)));
  }

  add(word: string): void {
    const isSpace = word.startsWith(' ');
    if (this.put(word)) return;
    if (isSpace) return this.breakRow();
    if (!this.isEmpty && widthMax(word) <= this.wrapping.columns - this.indent.length) this.breakRow();
    for (const [character] of word.matchAll(CHARACTERS)) {
      if (this.put(character)) continue;
      this.breakRow();
      this.put(character);
    }
  }

  finished(): string[] {
    return this.isEmpty ? this.done : [...this.done, this.row];
  }

  /** False if it does not fit. Spaces at the beginning of a row are left out. */
  private put(piece: string): boolean {
    if (this.isEmpty && this.done.length > 0 && piece.startsWith(' ')) return true;
    const width = widthMax(piece);
    if (this.width + width > this.wrapping.columns) return false;
    this.row += piece;
    this.width += width;
    this.isEmpty = false;
    return true;
  }

  private breakRow(): void {
    if (this.isEmpty) return;
    this.done.push(this.row.trimEnd());
    this.row = this.indent;
    this.width = this.indent.length;
    this.isEmpty = true;
  }
}

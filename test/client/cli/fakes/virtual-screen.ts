// A virtual terminal for tests: cells, a cursor, wrapping, and the control sequences that readline sends.

import { Writable } from 'node:stream';

/** A control sequence, a control character, or one letter. */
const PIECES = /\x1b\[([?>=]?[\d;]*)([A-Za-z])|[\x00-\x1f]|[^\x00-\x1f]/gu;

export class VirtualScreen extends Writable {
  readonly isTTY = true;
  bells = 0;
  /** Everything as it was written. */
  raw = '';
  private readonly cells: string[][] = [[]];
  private taken = 0;
  private row = 0;
  private column = 0;

  constructor(
    public columns: number,
    readonly rows: number,
  ) {
    super();
  }

  /** The visible lines, without trailing blanks and blank lines at the end. */
  shown(): string[] {
    const lines = this.cells.map((cells) =>
      Array.from(cells, (cell) => cell ?? ' ')
        .join('')
        .trimEnd(),
    );
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** Everything written since the last call. */
  take(): string {
    const fresh = this.raw.slice(this.taken);
    this.taken = this.raw.length;
    return fresh;
  }

  /** Where the cursor stands, counted from 0. */
  cursor(): { row: number; column: number } {
    return { row: this.row, column: this.column };
  }

  hasColors(): boolean {
    return false;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const text = chunk.toString('utf8');
    this.raw += text;
    for (const piece of text.matchAll(PIECES)) this.obey(piece[0], piece[2], Number(piece[1] || 0));
    done();
  }

  private obey(piece: string, command: string | undefined, count: number): void {
    if (command !== undefined) this.move(command, count);
    else if (piece === '\r') this.column = 0;
    else if (piece === '\b') this.column = Math.max(0, this.column - 1);
    else if (piece === '\n') this.lineFeed();
    else if (piece === '\x07') this.bells += 1;
    else if (piece >= ' ') this.put(piece);
  }

  private lineFeed(): void {
    this.row += 1;
    this.column = 0;
  }

  /** A letter in the last column leaves the cursor there until the next one wraps, as real terminals do. */
  private put(letter: string): void {
    if (this.column >= this.columns) this.lineFeed();
    const line = (this.cells[this.row] ??= []);
    line[this.column] = letter;
    this.column += 1;
  }

  private move(command: string, count: number): void {
    const steps = count || 1;
    if (command === 'A') this.row = Math.max(0, this.row - steps);
    if (command === 'B') this.row += steps;
    if (command === 'C') this.column = Math.min(this.columns - 1, this.column + steps);
    if (command === 'D') this.column = Math.max(0, Math.min(this.column, this.columns - 1) - steps);
    if (command === 'G') this.column = steps - 1;
    if (command === 'J' || command === 'K') this.clearRight();
    if (command === 'J') this.cells.length = Math.min(this.cells.length, this.row + 1);
  }

  private clearRight(): void {
    const line = (this.cells[this.row] ??= []);
    line.length = Math.min(line.length, this.column);
  }
}

// Where rows that may still change stand on the screen: counted from the start, as long as nothing else moved them.

import { LIMITS } from '../../../../protocols/kit/limits.js';

interface Place {
  readonly first: number;
  readonly rows: number;
  readonly columns: number | undefined;
}

export class ChangingRows {
  private printedRows = 0;
  private places = new Map<string, Place>();

  /** Rows were printed. With an id they can be found again. */
  printed(rows: number, columns: number | undefined, id: string | null = null): void {
    if (id !== null) this.places.set(id, { first: this.printedRows, rows, columns });
    this.printedRows += rows;
    const [oldest] = this.places.keys();
    if (this.places.size > LIMITS.stateChangesCoalescedMax && oldest !== undefined) this.places.delete(oldest);
  }

  /** The cursor was moved in a way that was not counted: no row is found any more. */
  forget(): void {
    this.places.clear();
  }

  /** Changes the id of printed rows. */
  rename(from: string, to: string): void {
    const place = this.places.get(from);
    this.places.delete(from);
    if (place) this.places.set(to, place);
  }

  /** Removes the last rows if they are those of the id. Their number, or null. */
  takeLast(id: string, columns: number | undefined): number | null {
    const place = this.places.get(id);
    if (!place || place.columns !== columns || place.first + place.rows !== this.printedRows) return null;
    this.places.delete(id);
    this.printedRows -= place.rows;
    return place.rows;
  }

  /** How many rows above the line being typed those of the id begin; null if their number or the width has changed. */
  above(id: string, rows: number, columns: number | undefined): number | null {
    const place = this.places.get(id);
    return place && place.rows === rows && place.columns === columns ? this.printedRows - place.first : null;
  }
}

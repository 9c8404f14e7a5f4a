// A sorted set of names that is read in pages.

export class SortedNames {
  private readonly names: string[] = [];

  add(name: string): void {
    const at = this.indexOf(name);
    if (this.names[at] !== name) this.names.splice(at, 0, name);
  }

  remove(name: string): void {
    const at = this.indexOf(name);
    if (this.names[at] === name) this.names.splice(at, 1);
  }

  /** At most `limit` names after `after`; null: from the start. */
  page(after: string | null, limit: number): string[] {
    const at = after === null ? 0 : this.indexOf(after);
    const start = this.names[at] === after ? at + 1 : at;
    return this.names.slice(start, start + limit);
  }

  /** The index of `name`, or where to insert it. */
  private indexOf(name: string): number {
    let low = 0;
    let high = this.names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.names[middle] ?? '') < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

// Simulated time: a queue of actions, run in order of time; actions of the same time run in the order of scheduling.

/** Start of every simulated run, ms since 1970. */
export const START_TIME = 1_800_000_000_000;

interface Planned {
  readonly at: number;
  readonly nth: number;
  readonly action: () => void;
}

export class Timeline {
  now = START_TIME;
  private planned = 0;
  private readonly heap: Planned[] = [];

  /** Schedules an action `ms` from now. */
  after(ms: number, action: () => void): void {
    this.heap.push({ at: this.now + Math.max(0, ms), nth: this.planned, action });
    this.planned += 1;
    this.rise(this.heap.length - 1);
  }

  /** Repeats an action after each `waitMs()`; null ends the repetition. */
  every(waitMs: () => number | null, action: () => void): void {
    const wait = waitMs();
    if (wait === null) return;
    this.after(wait, () => {
      action();
      this.every(waitMs, action);
    });
  }

  /** Runs the actions up to a moment and sets the clock to it. Stops early when `goOn` gives false. */
  runUntil(moment: number, goOn: () => boolean): void {
    for (let next = this.heap[0]; next && next.at <= moment && goOn(); next = this.heap[0]) {
      this.removeFirst();
      this.now = next.at;
      next.action();
    }
    if (goOn()) this.now = moment;
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink(0);
  }

  private rise(start: number): void {
    for (let at = start; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.swapIfEarlier(at, parent)) return;
      at = parent;
    }
  }

  private sink(start: number): void {
    for (let at = start; 2 * at + 1 < this.heap.length;) {
      const left = 2 * at + 1;
      const child = this.isEarlier(left + 1, left) ? left + 1 : left;
      if (!this.swapIfEarlier(child, at)) return;
      at = child;
    }
  }

  private swapIfEarlier(lower: number, upper: number): boolean {
    const [below, above] = [this.heap[lower], this.heap[upper]];
    if (!below || !above || !this.isEarlier(lower, upper)) return false;
    this.heap[lower] = above;
    this.heap[upper] = below;
    return true;
  }

  private isEarlier(left: number, right: number): boolean {
    const [a, b] = [this.heap[left], this.heap[right]];
    if (!a || !b) return false;
    return a.at < b.at || (a.at === b.at && a.nth < b.nth);
  }
}

// A queue of received values to wait for: each value is taken once, the earliest match first, with a time limit.

interface Waiter<T> {
  readonly accepts: (value: T) => boolean;
  readonly resolve: (value: T) => void;
  readonly reject: (why: Error) => void;
}

/** Values beyond this are dropped, the oldest first. */
const KEPT_MAX = 20_000;

export class ReceivedQueue<T> {
  private readonly untaken: T[] = [];
  private readonly waits = new Set<Waiter<T>>();
  private over: string | null = null;

  /** `latest`: the last values as text, shown when a wait fails. */
  constructor(
    private readonly who: string,
    private readonly latest: () => string,
  ) {}

  put(value: T): void {
    const wait = [...this.waits].find(({ accepts }) => accepts(value));
    if (wait) wait.resolve(value);
    else this.untaken.push(value);
    if (this.untaken.length > KEPT_MAX) this.untaken.shift();
  }

  /**
   * The earliest accepted value that was not taken yet, received before or within `boundMs`. `what` names it in errors.
   */
  take(what: string, accepts: (value: T) => boolean, boundMs: number): Promise<T> {
    const at = this.untaken.findIndex(accepts);
    const [found] = at < 0 ? [] : this.untaken.splice(at, 1);
    if (found !== undefined) return Promise.resolve(found);
    if (this.over !== null) return Promise.reject(this.complaint(what, this.over));
    return this.wait(what, accepts, boundMs);
  }

  /** No more values will arrive: all waits fail. */
  end(why: string): void {
    this.over = why;
    for (const wait of this.waits) wait.reject(this.complaint('more', why));
  }

  private wait(what: string, accepts: (value: T) => boolean, boundMs: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settled = (): void => {
        this.waits.delete(wait);
        clearTimeout(bound);
      };
      const wait: Waiter<T> = {
        accepts,
        resolve: (value) => (settled(), resolve(value)),
        reject: (why) => (settled(), reject(why)),
      };
      const bound = setTimeout(() => wait.reject(this.complaint(what, `nothing within ${boundMs} ms`)), boundMs);
      this.waits.add(wait);
    });
  }

  private complaint(what: string, why: string): Error {
    return new Error(`${this.who} did not receive ${what}: ${why}. Last values:\n${this.latest()}`);
  }
}

// Maps with rollback: while a transaction is open, every change records its undo step in a shared journal.

/** The undo log shared by the maps of one store. */
export class Journal {
  private readonly undoSteps: (() => void)[] = [];
  private depth = 0;

  /** Keeps the changes of `work`. If it throws, undoes them and rethrows. May be nested. */
  transaction<T>(work: () => T): T {
    const mark = this.undoSteps.length;
    this.depth += 1;
    try {
      return work();
    } catch (error) {
      while (this.undoSteps.length > mark) this.undoSteps.pop()?.();
      throw error;
    } finally {
      this.depth -= 1;
      if (this.depth === 0) this.undoSteps.length = 0;
    }
  }

  record(undo: () => void): void {
    if (this.depth > 0) this.undoSteps.push(undo);
  }
}

/** Values must not be mutated in place. An undo does not restore the order of entries. */
export class JournaledMap<K, V> {
  private readonly entries = new Map<K, V>();

  constructor(private readonly journal: Journal) {}

  get(key: K): V | undefined {
    return this.entries.get(key);
  }

  set(key: K, value: V): void {
    this.remember(key);
    this.entries.set(key, value);
  }

  delete(key: K): void {
    this.remember(key);
    this.entries.delete(key);
  }

  /** A copy of the entries: the caller may change the map while iterating. */
  all(): [K, V][] {
    return [...this.entries];
  }

  private remember(key: K): void {
    const before = this.entries.get(key);
    this.journal.record(() => {
      if (before === undefined) this.entries.delete(key);
      else this.entries.set(key, before);
    });
  }
}

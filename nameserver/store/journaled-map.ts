// Maps that can be taken back: every change leaves its undoing in a journal, for as long as a transaction is open.

/** The undo log that the maps of one store share. */
export class Journal {
  private readonly undoings: (() => void)[] = [];
  private depth = 0;

  /** Keeps all that `work` changed, or undoes it and throws on. Inside another transaction: a part of that one. */
  transaction<T>(work: () => T): T {
    const mark = this.undoings.length;
    this.depth += 1;
    try {
      return work();
    } catch (error) {
      while (this.undoings.length > mark) this.undoings.pop()?.();
      throw error;
    } finally {
      this.depth -= 1;
      if (this.depth === 0) this.undoings.length = 0;
    }
  }

  record(undo: () => void): void {
    if (this.depth > 0) this.undoings.push(undo);
  }
}

/** Values must not be changed in place. The order of entries is not kept by an undo. */
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

  /** The entries of this moment: changing the map meanwhile is fine. */
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

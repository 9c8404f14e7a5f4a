// A bounded map that is fair to owners: when it is full, it evicts the oldest entry of the owner with the most entries.
// So an owner cannot displace the entries of others by adding more.

interface Held<V> {
  readonly value: V;
  readonly owner: string;
}

/** An evicted entry. */
export interface Evicted<V> {
  readonly key: string;
  readonly value: V;
}

export class FairMap<V> {
  /** The oldest first, here and within the share of each owner. */
  private readonly entries = new Map<string, Held<V>>();
  private readonly shares = new Map<string, Set<string>>();

  constructor(private readonly entriesMax: number) {}

  get size(): number {
    return this.entries.size;
  }

  get isFull(): boolean {
    return this.entries.size >= this.entriesMax;
  }

  /** The number of entries of an owner. */
  shareOf(owner: string): number {
    return this.shares.get(owner)?.size ?? 0;
  }

  /** The owner of an entry, or null. */
  ownerOf(key: string): string | null {
    return this.entries.get(key)?.owner ?? null;
  }

  get(key: string): V | undefined {
    return this.entries.get(key)?.value;
  }

  /** Adds an entry as the newest of its owner. Returns the entry that was evicted for it, or null. */
  put(key: string, value: V, owner: string): Evicted<V> | null {
    this.delete(key);
    const evicted = this.isFull ? this.evict() : null;
    this.entries.set(key, { value, owner });
    let share = this.shares.get(owner);
    if (share === undefined) this.shares.set(owner, (share = new Set()));
    share.add(key);
    return evicted;
  }

  /** Makes an entry the newest. */
  touch(key: string): void {
    const held = this.entries.get(key);
    if (held === undefined) return;
    this.entries.delete(key);
    this.entries.set(key, held);
    const share = this.shares.get(held.owner);
    share?.delete(key);
    share?.add(key);
  }

  delete(key: string): void {
    const held = this.entries.get(key);
    if (held === undefined) return;
    this.entries.delete(key);
    const share = this.shares.get(held.owner);
    share?.delete(key);
    if (share?.size === 0) this.shares.delete(held.owner);
  }

  /** The oldest of all, or null. */
  oldest(): Evicted<V> | null {
    for (const [key, { value }] of this.entries) return { key, value };
    return null;
  }

  /** The entry that is evicted next: the oldest of the owner with the most entries. Null if the map is empty. */
  nextEvicted(): Evicted<V> | null {
    let most: ReadonlySet<string> = new Set();
    for (const share of this.shares.values()) if (share.size > most.size) most = share;
    for (const key of most) {
      const held = this.entries.get(key);
      if (held) return { key, value: held.value };
    }
    return null;
  }

  *values(): IterableIterator<V> {
    for (const { value } of this.entries.values()) yield value;
  }

  *keys(): IterableIterator<string> {
    yield* this.entries.keys();
  }

  private evict(): Evicted<V> | null {
    const leaving = this.nextEvicted();
    if (leaving) this.delete(leaving.key);
    return leaving;
  }
}

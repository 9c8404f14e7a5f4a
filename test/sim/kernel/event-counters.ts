// Counts of what happened in simulated groups: so that a batch of seeds can show that interesting things did happen.

export class EventCounters {
  private readonly counts = new Map<string, number>();
  private readonly known = new Set<string>();

  add(what: string, howMany = 1): void {
    this.counts.set(what, this.of(what) + howMany);
  }

  /** Counts something with an identity of its own once. */
  once(identity: string, what: string): void {
    if (this.known.has(identity)) return;
    this.known.add(identity);
    this.add(what);
  }

  of(what: string): number {
    return this.counts.get(what) ?? 0;
  }

  /** Adds another run's counts to these. */
  join(other: EventCounters): void {
    for (const [what, howMany] of other.counts) this.add(what, howMany);
  }

  lines(): string[] {
    return [...this.counts].map(([what, howMany]) => `${String(howMany).padStart(9)} ${what}`).sort();
  }
}

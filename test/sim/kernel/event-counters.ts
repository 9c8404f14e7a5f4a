// Counters of simulated events, so that a test can assert that its seeds cover the interesting ones.

export class EventCounters {
  private readonly counts = new Map<string, number>();
  private readonly known = new Set<string>();

  add(event: string, count = 1): void {
    this.counts.set(event, this.of(event) + count);
  }

  /** Counts each identity once. */
  once(identity: string, event: string): void {
    if (this.known.has(identity)) return;
    this.known.add(identity);
    this.add(event);
  }

  of(event: string): number {
    return this.counts.get(event) ?? 0;
  }

  /** Adds the counts of another run. */
  join(other: EventCounters): void {
    for (const [event, count] of other.counts) this.add(event, count);
  }

  lines(): string[] {
    return [...this.counts].map(([event, count]) => `${String(count).padStart(9)} ${event}`).sort();
  }
}

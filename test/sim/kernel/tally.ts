// Counts the events of a run, so that a test can assert that its seeds cover every kind.

export type Counted =
  | 'turns'
  | 'crashes'
  | 'crashes at effects'
  | 'server crashes'
  | 'pauses'
  | 'links'
  | 'broken links'
  | 'half-open'
  | 'stalls'
  | 'dial failures'
  | 'crossed dials'
  | 'wrong dials'
  | 'ignored knocks'
  | 'partitions'
  | 'sessions'
  | 'broken sessions'
  | 'answers lost'
  | 'datagrams'
  | 'datagrams lost'
  | 'datagrams duplicated'
  | 'moves'
  | 'sent'
  | 'shown'
  | 'quick sent'
  | 'quick shown'
  | 'quick confirmed'
  | 'held'
  | 'delivered'
  | 'read'
  | 'cancelled'
  | 'friends added'
  | 'friends removed'
  | 'forgeries'
  | 'renewals'
  | 'full disks'
  | 'clock jumps'
  | 'month-long sleeps'
  | 'restored copies'
  | 'restored copies with queued messages'
  | 'restored copies with held messages'
  | 'restored copies with unread messages'
  | 'restored copies with messages cancelled since'
  | 'restored copies of an older device'
  | 'recoveries'
  | 'budgets exceeded'
  | 'days for budgets'
  | 'accepted'
  | 'deliveries'
  | 'views'
  | 'forged lines'
  | 'confirmed clients'
  | 'one-way partitions'
  | 'whole clusters crashed'
  | 'relayed sessions'
  | 'forged look-ups'
  | 'false RESTORED'
  | 'withheld frames'
  | 'replayed letters'
  | 'forged letters'
  | 'made-up lines'
  | 'made-up members'
  | 'forged notices'
  | 'lost letter keys'
  | 'answers of the liar'
  | 'remembered lines'
  | 'first keys from the liar'
  | 'nights'
  | 'posted'
  | 'posts announced'
  | 'posts removed'
  | 'posts fetched';

export class Tally {
  private readonly counts = new Map<Counted, number>();

  add(what: Counted, howMany = 1): void {
    this.counts.set(what, this.of(what) + howMany);
  }

  of(what: Counted): number {
    return this.counts.get(what) ?? 0;
  }

  /** Adds the counts of another run. */
  join(other: Tally): void {
    for (const [what, howMany] of other.counts) this.add(what, howMany);
  }

  lines(): string[] {
    return [...this.counts].map(([what, howMany]) => `${String(howMany).padStart(9)} ${what}`).sort();
  }
}

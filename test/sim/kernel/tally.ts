// Counts of what happened in a run: so that a batch of seeds can show that interesting things did happen.

export type Counted =
  | 'turns'
  | 'crashes'
  | 'crashes at effects'
  | 'server crashes'
  | 'pauses'
  | 'links'
  | 'cut links'
  | 'half-open'
  | 'clogs'
  | 'dial failures'
  | 'crossed dials'
  | 'wrong dials'
  | 'partitions'
  | 'sessions'
  | 'cut sessions'
  | 'answers lost'
  | 'datagrams'
  | 'datagrams lost'
  | 'datagrams doubled'
  | 'moves'
  | 'said'
  | 'shown'
  | 'quick said'
  | 'quick shown'
  | 'quick confirmed'
  | 'held'
  | 'delivered'
  | 'read'
  | 'cancelled'
  | 'friends added'
  | 'friends removed'
  | 'lies'
  | 'renewals'
  | 'full disks'
  | 'clock jumps'
  | 'months'
  | 'copies put back'
  | 'copies with words waiting'
  | 'copies with words held'
  | 'copies with words unread'
  | 'copies with words cancelled since'
  | 'copies of an older device'
  | 'came back'
  | 'accepted'
  | 'deliveries'
  | 'views'
  | 'one-way partitions'
  | 'whole clusters crashed'
  | 'posted'
  | 'posts heard'
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

  /** Adds another run's counts to these. */
  join(other: Tally): void {
    for (const [what, howMany] of other.counts) this.add(what, howMany);
  }

  lines(): string[] {
    return [...this.counts].map(([what, howMany]) => `${String(howMany).padStart(9)} ${what}`).sort();
  }
}

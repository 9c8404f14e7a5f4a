// Counts the members of channels on other servers, as those servers reported last [RELAY-11]. Nothing is decided by
// these counts, so a false report has no other effect than a wrong number.

import { FairMap } from '../../../kit/bounds/fair-map.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { PresenceCounts, EnvelopeHeader } from '../../peer-protocol.js';

interface Report {
  readonly boot: number;
  readonly seq: number;
  readonly at: Instant;
  readonly counts: ReadonlyMap<string, number>;
}

export class RemotePresence {
  private readonly reports = new FairMap<Report>(LIMITS.presenceCountsOriginsMax);
  private readonly totals = new Map<string, number>();

  /** `changed` is called with each channel whose count has changed. */
  constructor(private readonly changed: (channel: string) => void) {}

  get size(): number {
    return this.reports.size;
  }

  elsewhere(channel: string): number {
    return this.totals.get(channel) ?? 0;
  }

  /** Replaces the last report of this origin, unless that is newer. */
  accept({ channels, origin }: PresenceCounts, { boot, seq }: EnvelopeHeader, source: string, now: Instant): void {
    const before = this.reports.get(origin);
    if (before && (before.boot > boot || (before.boot === boot && before.seq > seq))) return;
    const counts = new Map(channels.map(({ channel, count }) => [channel, Math.min(count, LIMITS.presenceCountMax)]));
    this.replace(before?.counts, counts);
    const evicted = this.reports.put(origin, { boot, seq, at: now, counts }, source);
    if (evicted) this.replace(evicted.value.counts, undefined);
  }

  /** Forgets expired reports. */
  wake(now: Instant): void {
    for (let next = this.reports.oldest(); next && expiryOf(next.value) <= now; next = this.reports.oldest()) {
      this.reports.delete(next.key);
      this.replace(next.value.counts, undefined);
    }
  }

  wakeAt(): Instant | null {
    const oldest = this.reports.oldest();
    return oldest && expiryOf(oldest.value);
  }

  private replace(before: Report['counts'] = new Map(), after: Report['counts'] = new Map()): void {
    for (const channel of new Set([...before.keys(), ...after.keys()]))
      this.add(channel, (after.get(channel) ?? 0) - (before.get(channel) ?? 0));
  }

  private add(channel: string, difference: number): void {
    if (difference === 0) return;
    const total = this.elsewhere(channel) + difference;
    if (total === 0) this.totals.delete(channel);
    else this.totals.set(channel, total);
    this.changed(channel);
  }
}

function expiryOf({ at }: Report): Instant {
  return at + LIMITS.presenceCountsKeptMs;
}

// How many are in a channel elsewhere [RELAY-11]: what other servers said last. It decides nothing, so a lie costs
// nothing but a wrong number.

import { FairMap } from '../../../kit/bounds/fair-map.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { PresenceCounts, EnvelopeHeader } from '../../peer-protocol.js';

interface Said {
  readonly boot: number;
  readonly seq: number;
  readonly at: Instant;
  readonly counts: ReadonlyMap<string, number>;
}

export class RemotePresence {
  private readonly said = new FairMap<Said>(LIMITS.presenceCountsOriginsMax);
  private readonly totals = new Map<string, number>();

  /** `changed`: the number elsewhere of this channel is another now. */
  constructor(private readonly changed: (channel: string) => void) {}

  get size(): number {
    return this.said.size;
  }

  elsewhere(channel: string): number {
    return this.totals.get(channel) ?? 0;
  }

  /** Replaces what this origin said before, unless that was said later. */
  hear({ channels, origin }: PresenceCounts, { boot, seq }: EnvelopeHeader, bringer: string, now: Instant): void {
    const before = this.said.get(origin);
    if (before && (before.boot > boot || (before.boot === boot && before.seq > seq))) return;
    const counts = new Map(channels.map(({ channel, count }) => [channel, Math.min(count, LIMITS.presenceCountMax)]));
    this.replace(before?.counts, counts);
    const evicted = this.said.put(origin, { boot, seq, at: now, counts }, bringer);
    if (evicted) this.replace(evicted.value.counts, undefined);
  }

  /** Forgets what was said too long ago. */
  wake(now: Instant): void {
    for (let next = this.said.oldest(); next && expiryOf(next.value) <= now; next = this.said.oldest()) {
      this.said.delete(next.key);
      this.replace(next.value.counts, undefined);
    }
  }

  wakeAt(): Instant | null {
    const oldest = this.said.oldest();
    return oldest && expiryOf(oldest.value);
  }

  private replace(before: Said['counts'] = new Map(), after: Said['counts'] = new Map()): void {
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

function expiryOf({ at }: Said): Instant {
  return at + LIMITS.presenceCountsKeptMs;
}

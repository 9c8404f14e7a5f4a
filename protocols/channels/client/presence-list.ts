// Who is in one channel, as far as the server lists it: proved cards, and counts.

import { LIMITS } from '../../kit/limits.js';
import type { ChannelPresence, Participant } from './io.js';

export class PresenceList {
  private readonly here = new Map<string, Participant>();
  private count = 0;
  private elsewhere = 0;

  constructor(private readonly channel: string) {}

  get shown(): ChannelPresence {
    const { channel, count, elsewhere } = this;
    return { channel, here: [...this.here.values()], count, elsewhere };
  }

  find(key: string): Participant | null {
    return this.here.get(key) ?? null;
  }

  /** All anew: we have just come in. */
  replace(here: readonly Participant[], counts: { count: number; elsewhere: number }): void {
    this.here.clear();
    for (const visitor of here) this.here.set(visitor.key, visitor);
    this.recount(counts);
  }

  recount({ count, elsewhere }: { count: number; elsewhere: number }): void {
    this.count = count;
    this.elsewhere = elsewhere;
  }

  /** The count follows, until the server tells it again. */
  came(visitor: Participant): void {
    if (!this.here.has(visitor.key)) this.count += 1;
    if (this.here.has(visitor.key) || this.here.size < LIMITS.channelCardsMax) this.here.set(visitor.key, visitor);
  }

  left(key: string): void {
    this.here.delete(key);
    this.count = Math.max(0, this.count - 1);
  }
}

// The presence of one channel, as the server lists it: verified cards, and counts.

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

  /** Replaces the list, after a join. */
  replace(here: readonly Participant[], counts: { count: number; elsewhere: number }): void {
    this.here.clear();
    for (const participant of here) this.here.set(participant.key, participant);
    this.recount(counts);
  }

  recount({ count, elsewhere }: { count: number; elsewhere: number }): void {
    this.count = count;
    this.elsewhere = elsewhere;
  }

  /** Adjusts the count until the server sends it again. */
  came(participant: Participant): void {
    if (!this.here.has(participant.key)) this.count += 1;
    if (this.here.has(participant.key) || this.here.size < LIMITS.channelCardsMax)
      this.here.set(participant.key, participant);
  }

  left(key: string): void {
    this.here.delete(key);
    this.count = Math.max(0, this.count - 1);
  }
}

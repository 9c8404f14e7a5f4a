// Who is still there: everybody is pinged, and whoever says nothing for too long is given up [CHAN-11].

import { Deadlines } from '../../../kit/bounds/deadlines.js';
import { LIMITS } from '../../../kit/limits.js';
import { earlier, type Instant } from '../../../kit/machine.js';

/** Pings that are due soon leave together. */
const TOGETHER_MS = 500;

export class Keepalive {
  private readonly silences = new Deadlines(LIMITS.channelClientSilenceMs);
  private readonly pings = new Deadlines(LIMITS.channelClientPingMs);

  start(visitor: number, now: Instant): void {
    this.silences.start(visitor, now);
    this.pings.start(visitor, now);
  }

  heard(visitor: number, now: Instant): void {
    this.silences.start(visitor, now);
  }

  stop(visitor: number): void {
    this.silences.stop(visitor);
    this.pings.stop(visitor);
  }

  /** Those who were silent for too long; they are still to be stopped. */
  silent(now: Instant): number[] {
    return this.silences.due(now);
  }

  /** Those to be pinged now. */
  toPing(now: Instant): number[] {
    const next = this.pings.next();
    if (next === null || next > now) return [];
    const due = this.pings.due(now + TOGETHER_MS);
    for (const visitor of due) this.pings.start(visitor, now);
    return due;
  }

  next(): Instant | null {
    return earlier(this.silences.next(), this.pings.next());
  }
}

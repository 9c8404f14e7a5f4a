// Pings each client and reports the clients that were silent for too long [CHAN-11].

import { Deadlines } from '../../../kit/bounds/deadlines.js';
import { LIMITS } from '../../../kit/limits.js';
import { earlier, type Instant } from '../../../kit/machine.js';

/** Pings that are due within this time leave together. */
const PING_BATCH_MS = 500;

export class Keepalive {
  private readonly silences = new Deadlines(LIMITS.channelClientSilenceMs);
  private readonly pings = new Deadlines(LIMITS.channelClientPingMs);

  start(client: number, now: Instant): void {
    this.silences.start(client, now);
    this.pings.start(client, now);
  }

  heardFrom(client: number, now: Instant): void {
    this.silences.start(client, now);
  }

  stop(client: number): void {
    this.silences.stop(client);
    this.pings.stop(client);
  }

  /** The clients that were silent for too long. The caller stops them. */
  silent(now: Instant): number[] {
    return this.silences.due(now);
  }

  /** The clients to ping now. */
  toPing(now: Instant): number[] {
    const next = this.pings.next();
    if (next === null || next > now) return [];
    const due = this.pings.due(now + PING_BATCH_MS);
    for (const client of due) this.pings.start(client, now);
    return due;
  }

  next(): Instant | null {
    return earlier(this.silences.next(), this.pings.next());
  }
}

// Sessions without a proven identity. Bounds their duration and number, and shares the places among networks.

import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';
import { Deadlines } from '../../protocols/kit/bounds/deadlines.js';
import { FairMap } from '../../protocols/kit/bounds/fair-map.js';

export class PendingHandshakes {
  private readonly deadlines = new Deadlines(LIMITS.sessionHandshakeMs);
  private readonly places = new FairMap<number>(LIMITS.sessionHandshakesMax);

  /** Returns the session that must end to make room, or null: the oldest of the network with most of them [SESS-8]. */
  start(session: number, network: string, now: Instant): number | null {
    this.deadlines.start(session, now);
    return this.places.put(String(session), session, network)?.value ?? null;
  }

  stop(session: number): void {
    this.deadlines.stop(session);
    this.places.delete(String(session));
  }

  /** When the next deadline passes, or null. */
  next(): Instant | null {
    return this.deadlines.next();
  }

  /** The sessions whose deadline has passed. The caller must stop them. */
  due(now: Instant): number[] {
    return this.deadlines.due(now);
  }
}

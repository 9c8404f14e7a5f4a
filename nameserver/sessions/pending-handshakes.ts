// Sessions without a proven identity. Bounds their duration and number, and shares the places among networks.

import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';
import { Deadlines } from '../../protocols/kit/bounds/deadlines.js';
import { networkPrefixOf } from '../../protocols/kit/bounds/network-prefix.js';

export class PendingHandshakes {
  private readonly deadlines = new Deadlines(LIMITS.sessionHandshakeMs);
  private readonly networks = new Map<number, string>();
  /** The oldest session of each network is first. */
  private readonly sessions = new Map<string, Set<number>>();

  get isFull(): boolean {
    return this.networks.size >= LIMITS.sessionHandshakesMax;
  }

  start(session: number, address: string, now: Instant): void {
    const network = networkPrefixOf(address);
    this.deadlines.start(session, now);
    this.networks.set(session, network);
    this.sessions.set(network, (this.sessions.get(network) ?? new Set()).add(session));
  }

  stop(session: number): void {
    this.deadlines.stop(session);
    const network = this.networks.get(session) ?? '';
    const others = this.sessions.get(network);
    others?.delete(session);
    if (others?.size === 0) this.sessions.delete(network);
    this.networks.delete(session);
  }

  /** When the next deadline passes, or null. */
  next(): Instant | null {
    return this.deadlines.next();
  }

  /** The sessions whose deadline has passed. The caller must stop them. */
  due(now: Instant): number[] {
    return this.deadlines.due(now);
  }

  /** The session to evict when there is no room: the oldest of the network with the most sessions [SESS-8]. */
  evictionCandidate(): number | null {
    let most: ReadonlySet<number> = new Set();
    for (const sessions of this.sessions.values()) if (sessions.size > most.size) most = sessions;
    const [oldest] = most;
    return oldest ?? null;
  }
}

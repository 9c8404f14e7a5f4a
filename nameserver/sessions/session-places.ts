// The places of all sessions: so many in all and for one network [SESS-8] [LOAD-5].

import { FairMap } from '../../protocols/kit/bounds/fair-map.js';
import { LIMITS } from '../../protocols/kit/limits.js';

/** `evicted`: the session that must end to make room, or null. */
export type Place = { readonly type: 'taken'; readonly evicted: number | null } | { readonly type: 'refused' };

export class SessionPlaces {
  private readonly places = new FairMap<number>(LIMITS.sessionsMax);

  /** `perNetworkMax`: `Infinity` for no limit. */
  constructor(private readonly perNetworkMax: number) {}

  get size(): number {
    return this.places.size;
  }

  /**
   * Takes a place. When all are taken, the oldest session of the network with most of them makes room, but only for a
   * network with fewer.
   */
  take(session: number, network: string): Place {
    const share = this.places.shareOf(network);
    if (share >= this.perNetworkMax || (this.places.isFull && !this.isOutnumbered(share))) return { type: 'refused' };
    return { type: 'taken', evicted: this.places.put(String(session), session, network)?.value ?? null };
  }

  leave(session: number): void {
    this.places.delete(String(session));
  }

  private isOutnumbered(share: number): boolean {
    const next = this.places.nextEvicted();
    const network = next && this.places.ownerOf(next.key);
    return network !== null && this.places.shareOf(network) > share + 1;
  }
}

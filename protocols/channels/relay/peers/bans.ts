// Servers that sent a forgery; they are not linked for some time [RELAY-6].

import { FairMap } from '../../../kit/bounds/fair-map.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';

export class Bans {
  private readonly until = new FairMap<Instant>(LIMITS.peerBansMax);

  /** `network`: the network of the link, whose memory share is charged. */
  add(key: string, network: string, now: Instant): void {
    this.until.put(key, now + LIMITS.peerBanMs, network);
  }

  lift(key: string): void {
    this.until.delete(key);
  }

  has(key: string, now: Instant): boolean {
    return (this.until.get(key) ?? 0) > now;
  }
}

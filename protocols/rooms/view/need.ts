// Whether the view must change, as this server sees it [VIEW-10].

import type { Instant } from '../../kit/machine.js';
import { LIMITS } from '../../kit/limits.js';
import { countBits, type Neighbours } from '../link/neighbours.js';
import type { PeerLink } from '../link/peer-link.js';
import type { Replica } from '../replica.js';
import { majorityOf } from './decision.js';

export class Need {
  constructor(
    private readonly neighbours: Neighbours,
    private readonly replica: Replica,
  ) {}

  /** One bit for each server that can be counted on: heard, and not lagging; where that are too few, all heard. */
  aliveBits(now: Instant): number {
    const heard = this.neighbours.aliveBits(now);
    let bits = heard;
    for (const member of this.replica.members) if (this.isLagging(member, now)) bits &= ~(1 << member);
    return countBits(bits >>> 0) >= majorityOf(this.neighbours.size) ? bits >>> 0 : heard;
  }

  hasQuorum(now: Instant): boolean {
    return countBits(this.neighbours.aliveBits(now)) >= majorityOf(this.neighbours.size);
  }

  isThere(now: Instant): boolean {
    if (!this.hasQuorum(now)) return false;
    if (!this.replica.isMember) return !this.hasHope(now);
    const { mode, wedgedAt } = this.replica;
    if (mode === 'wedged' && now - wedgedAt > LIMITS.roomWedgeMs) return true;
    return this.replica.members.some((member) => this.isUnfit(member, now)) || this.someoneIsReady(now);
  }

  /** Somebody else will take us in, or tell us a newer decision. */
  private hasHope(now: Instant): boolean {
    const { decision } = this.replica;
    return this.neighbours.links.some(({ index, boot, heartbeat }) => {
      if (!this.neighbours.isAlive(index, now) || !heartbeat) return false;
      const isIntact = decision.boots[index] === boot && heartbeat.mode !== 'idle';
      return heartbeat.view > decision.view || isIntact;
    });
  }

  private isUnfit(member: number, now: Instant): boolean {
    const { decision, mode, installedAt } = this.replica;
    const link = this.neighbours.link(member);
    if (!link) return false; // ourselves
    if (!this.neighbours.isAlive(member, now) || this.isLagging(member, now)) return true;
    if (link.heartbeat && link.boot !== decision.boots[member]) return true;
    const isStuck = link.heartbeat?.view === decision.view && link.heartbeat.mode !== 'normal';
    return isStuck && mode === 'normal' && now - installedAt > LIMITS.roomWedgeMs;
  }

  private isLagging(member: number, now: Instant): boolean {
    const { mode, decision, ordering } = this.replica;
    const isSame = this.neighbours.link(member)?.boot === decision.boots[member];
    return mode === 'normal' && isSame && ordering.isLagging(member, now);
  }

  /** An outsider hears all members, and they hear it, for long enough. */
  private someoneIsReady(now: Instant): boolean {
    const { mode, installedAt } = this.replica;
    if (mode !== 'normal' || now - installedAt <= LIMITS.roomJoinGapMs) return false;
    return this.neighbours.links.some((link) => this.isReady(link, now));
  }

  private isReady({ index, aliveSince }: PeerLink, now: Instant): boolean {
    const { members } = this.replica;
    if (members.includes(index) || !this.neighbours.isMutual(index, now)) return false;
    if (now - aliveSince <= LIMITS.roomJoinStableMs) return false;
    const others = members.filter((member) => this.neighbours.link(member) && this.neighbours.isAlive(member, now));
    return others.every((member) => this.neighbours.hears(member, index) && this.neighbours.hears(index, member));
  }
}

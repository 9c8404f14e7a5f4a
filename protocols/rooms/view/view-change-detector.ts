// Decides whether this server sees the need for a view change [VIEW-10].

import type { Instant } from '../../kit/machine.js';
import { LIMITS } from '../../kit/limits.js';
import { countBits, type ServerLinks } from '../link/server-links.js';
import type { ServerLink } from '../link/server-link.js';
import type { Replica } from '../replica.js';
import { majorityOf } from './view-decision.js';

export class ViewChangeDetector {
  constructor(
    private readonly peers: ServerLinks,
    private readonly replica: Replica,
  ) {}

  /** One bit for each server that is alive and not lagging; if these are not a majority, for each that is alive. */
  aliveBits(now: Instant): number {
    const heard = this.peers.aliveBits(now);
    let bits = heard;
    for (const member of this.replica.members) if (this.isLagging(member, now)) bits &= ~(1 << member);
    return countBits(bits >>> 0) >= majorityOf(this.peers.size) ? bits >>> 0 : heard;
  }

  hasQuorum(now: Instant): boolean {
    return countBits(this.peers.aliveBits(now)) >= majorityOf(this.peers.size);
  }

  isNeeded(now: Instant): boolean {
    if (!this.hasQuorum(now)) return false;
    if (!this.replica.isMember) return !this.mayBeAdmitted(now);
    const { mode, wedgedAt } = this.replica;
    if (mode === 'wedged' && now - wedgedAt > LIMITS.roomStuckViewMs) return true;
    return this.replica.members.some((member) => this.mustLeave(member, now)) || this.hasJoiner(now);
  }

  /** A member of our view, or a server in a later one, is alive: it will admit us or send a newer decision. */
  private mayBeAdmitted(now: Instant): boolean {
    const { decision } = this.replica;
    return this.peers.links.some(({ index, boot, heartbeat }) => {
      if (!this.peers.isAlive(index, now) || !heartbeat) return false;
      const isIntact = decision.boots[index] === boot && heartbeat.mode !== 'idle';
      return heartbeat.view > decision.view || isIntact;
    });
  }

  private mustLeave(member: number, now: Instant): boolean {
    const { decision, mode, installedAt } = this.replica;
    const link = this.peers.link(member);
    if (!link) return false; // this server itself
    if (!this.peers.isAlive(member, now) || this.isLagging(member, now)) return true;
    if (link.heartbeat && link.boot !== decision.boots[member]) return true;
    const isStuck = link.heartbeat?.view === decision.view && link.heartbeat.mode !== 'normal';
    return isStuck && mode === 'normal' && now - installedAt > LIMITS.roomStuckViewMs;
  }

  private isLagging(member: number, now: Instant): boolean {
    const { mode, decision, viewOrder } = this.replica;
    const isSame = this.peers.link(member)?.boot === decision.boots[member];
    return mode === 'normal' && isSame && viewOrder.isLagging(member, now);
  }

  /** An outsider and all members have heard each other for long enough. */
  private hasJoiner(now: Instant): boolean {
    const { mode, installedAt } = this.replica;
    if (mode !== 'normal' || now - installedAt <= LIMITS.roomJoinGapMs) return false;
    return this.peers.links.some((link) => this.mayJoin(link, now));
  }

  private mayJoin({ index, aliveSince }: ServerLink, now: Instant): boolean {
    const { members } = this.replica;
    if (members.includes(index) || !this.peers.isMutual(index, now)) return false;
    if (now - aliveSince <= LIMITS.roomJoinStableMs) return false;
    const others = members.filter((member) => this.peers.link(member) && this.peers.isAlive(member, now));
    return others.every((member) => this.peers.hears(member, index) && this.peers.hears(index, member));
  }
}

// Who belongs to a group of mine, friend or not: their records are pinned, their presence watched, links tried for.

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { Context } from '../core/context.js';
import type { Session } from '../server/session.js';
import type { Links } from '../transport/links.js';
import type { Connector } from '../transport/connector.js';
import type { People } from '../identity/people.js';
import type { Presence } from '../server/presence.js';
import type { RunningGroup } from './groups.js';

interface Parts {
  readonly people: People;
  readonly presence: Presence;
  readonly links: Links;
  readonly reach: Connector;
  readonly session: Session;
}

export class GroupPeers {
  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {}

  /** The membership of some group is not as it was. */
  refresh(all: readonly RunningGroup[]): void {
    const { people } = this.parts;
    const now = new Set<string>();
    for (const running of all) for (const { user } of this.peersOf(running)) now.add(user);
    for (const user of people.allGroupPeers()) if (!now.has(user)) this.part(user);
    for (const running of all) for (const { user, key } of this.peersOf(running)) this.meet(running, user, key);
  }

  /** They came online, or we did. */
  online(): void {
    for (const user of this.parts.people.allGroupPeers()) this.wish(user);
  }

  presence(user: string, online: boolean): void {
    if (online && this.parts.people.isGroupPeer(user)) this.wish(user);
  }

  recordOf(user: string): Signed | null {
    return this.parts.people.get(user)?.pinned?.record ?? null;
  }

  /** Nobody is a companion of a group that I am not in. */
  private peersOf({ member }: RunningGroup) {
    return member.me === null ? [] : member.peers;
  }

  private wish(user: string): void {
    if (this.parts.session.isWanted && this.parts.presence.isOnline(user))
      this.parts.reach.wish(user, LIMITS.connectAttemptMs);
  }

  private meet({ member }: RunningGroup, user: string, key: string): void {
    const { people, presence } = this.parts;
    const record = member.log.roster.newest(user, key);
    const person = people.meet(user);
    if (person && record && (person.pinned?.record.payload !== record.payload || !people.get(user))) {
      people.learn(person, record);
    }
    if (people.isGroupPeer(user) || people.get(user)?.pinned?.key !== key) return;
    people.setGroupPeer(user, true);
    if (this.parts.session.isOnline) presence.watch(user);
    this.wish(user);
  }

  private part(user: string): void {
    const { people, links, reach, presence } = this.parts;
    people.setGroupPeer(user, false);
    if (people.isFriend(user)) return;
    reach.forget(user);
    presence.forget(user);
    links.cut(user);
    this.context.alarms.drop(`group hold ${user}`);
  }
}

// Members of our groups, friends or not: their records are pinned, their presence is watched, links are tried for.

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { EventOf, Part } from '../core/part.js';
import type { Session } from '../server/session.js';
import type { Links } from '../transport/links.js';
import type { Connector } from '../transport/connector.js';
import type { People } from '../identity/people.js';
import type { Presence } from '../server/presence.js';
import type { GroupMail } from './group-mail.js';
import type { RunningGroup } from './running-groups.js';

interface Dependencies {
  readonly people: People;
  readonly presence: Presence;
  readonly links: Links;
  readonly connector: Connector;
  readonly session: Session;
  readonly groupMail: GroupMail;
}

export class GroupPeers implements Part {
  readonly on = {
    online: () => this.wantAll(),
    presence: ({ user, isOnline }: EventOf<'presence'>) => this.presence(user, isOnline),
  };

  constructor(private readonly parts: Dependencies) {}

  /** The membership of a group has changed. */
  refresh(all: readonly RunningGroup[]): void {
    const { people } = this.parts;
    const now = new Set<string>();
    for (const running of all) for (const { user } of this.peersOf(running)) now.add(user);
    for (const user of people.allGroupPeers()) if (!now.has(user)) this.part(user);
    for (const running of all) for (const { user, key } of this.peersOf(running)) this.meet(running, user, key);
  }

  private wantAll(): void {
    for (const user of this.parts.people.allGroupPeers()) this.want(user);
  }

  private presence(user: string, isOnline: boolean): void {
    if (isOnline && this.parts.people.isGroupPeer(user)) this.want(user);
  }

  recordOf(user: string): Signed | null {
    return this.parts.people.get(user)?.pinned?.record ?? null;
  }

  /** A group that we left has no peers. */
  private peersOf({ member }: RunningGroup) {
    return member.me === null ? [] : member.peers;
  }

  private want(user: string): void {
    const { session, presence, connector } = this.parts;
    if (session.isWanted && presence.isOnline(user)) connector.want(user, LIMITS.connectAttemptMs);
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
    this.want(user);
  }

  private part(user: string): void {
    const { people, links, connector, presence, groupMail } = this.parts;
    people.setGroupPeer(user, false);
    if (people.isFriend(user)) return;
    connector.forget(user);
    presence.forget(user);
    links.cut(user);
    groupMail.forget(user);
  }
}

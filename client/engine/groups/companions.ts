// Who belongs to a group of mine, friend or not: their records are pinned, their presence watched, links tried for.

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { Context } from '../context.js';
import type { Session } from '../account/session.js';
import type { Links } from '../links/links.js';
import type { Reach } from '../links/reach.js';
import type { People } from '../people/people.js';
import type { Presence } from '../people/presence.js';
import type { Running } from './groups.js';

interface Parts {
  readonly people: People;
  readonly presence: Presence;
  readonly links: Links;
  readonly reach: Reach;
  readonly session: Session;
}

export class Companions {
  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {}

  /** The membership of some group is not as it was. */
  refresh(all: readonly Running[]): void {
    const { people } = this.parts;
    const now = new Set<string>();
    for (const running of all) for (const { user } of this.peersOf(running)) now.add(user);
    for (const user of people.allCompanions()) if (!now.has(user)) this.part(user);
    for (const running of all) for (const { user, key } of this.peersOf(running)) this.meet(running, user, key);
  }

  /** They came online, or we did. */
  online(): void {
    for (const user of this.parts.people.allCompanions()) this.wish(user);
  }

  presence(user: string, online: boolean): void {
    if (online && this.parts.people.isCompanion(user)) this.wish(user);
  }

  recordOf(user: string): Signed | null {
    return this.parts.people.get(user)?.pinned?.record ?? null;
  }

  /** Nobody is a companion of a group that I am not in. */
  private peersOf({ member }: Running) {
    return member.me === null ? [] : member.peers;
  }

  private wish(user: string): void {
    if (this.parts.session.isWanted && this.parts.presence.isOnline(user))
      this.parts.reach.wish(user, LIMITS.connectWishMs);
  }

  private meet({ member }: Running, user: string, key: string): void {
    const { people, presence } = this.parts;
    const record = member.chain.roster.newest(user, key);
    const person = people.meet(user);
    if (person && record && (person.pinned?.record.payload !== record.payload || !people.get(user))) {
      people.learn(person, record);
    }
    if (people.isCompanion(user) || people.get(user)?.pinned?.key !== key) return;
    people.setCompanion(user, true);
    if (this.parts.session.isOnline) presence.watch(user);
    this.wish(user);
  }

  private part(user: string): void {
    const { people, links, reach, presence } = this.parts;
    people.setCompanion(user, false);
    if (people.isFriend(user)) return;
    reach.forget(user);
    presence.forget(user);
    links.cut(user);
    this.context.alarms.drop(`group hold ${user}`);
  }
}

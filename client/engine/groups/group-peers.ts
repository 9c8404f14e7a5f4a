// Members of our groups, friends or not: their presence is watched and links are tried for. Only a member whose key is
// pinned is a peer (SPEC GROUP-43, GROUP-44): the records of a group never pin a key.

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import type { EventOf, Part } from '../core/part.js';
import { Registration } from '../core/registration.js';
import type { People } from '../identity/people.js';
import type { PinnedKeys } from '../identity/pinned-keys.js';
import type { Session } from '../server/session.js';
import type { Links } from '../transport/links.js';
import type { Connector } from '../transport/connector.js';
import type { Presence } from '../server/presence.js';
import type { GroupMail } from './group-mail.js';
import type { RunningGroup, RunningGroups } from './running-groups.js';

interface Dependencies {
  readonly people: People;
  readonly pinnedKeys: PinnedKeys;
  readonly presence: Presence;
  readonly links: Links;
  readonly connector: Connector;
  readonly session: Session;
  readonly groupMail: GroupMail;
  readonly running: RunningGroups;
}

/** Groups register. */
export interface PinListener {
  /** The key of a user was pinned or replaced: a member can be a peer now, or is a peer no more. */
  pinChanged(user: string): void;
}

export class GroupPeers implements Part {
  readonly on = {
    online: () => this.wantAll(),
    presence: ({ user, isOnline }: EventOf<'presence'>) => this.presence(user, isOnline),
    keyPinned: ({ user }: EventOf<'keyPinned'>) => this.listener.target.pinChanged(user),
  };
  readonly listener = new Registration<PinListener>();
  /** Members whose key is being looked up. */
  private readonly pinning = new Set<string>();
  private readonly alarms: PartAlarms;

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    this.alarms = context.alarms.for('group peers');
  }

  /** The membership of a group, or a pinned key, has changed; or the name server can be asked again. */
  refresh(): void {
    const { people, running, pinnedKeys } = this.parts;
    const known = new Set<string>();
    const unknown = new Set<string>();
    for (const group of running.all()) {
      for (const { user } of this.peersOf(group)) (pinnedKeys.of(user) === null ? unknown : known).add(user);
    }
    for (const user of people.allGroupPeers()) if (!known.has(user)) this.part(user);
    for (const user of known) this.meet(user);
    this.pin([...unknown].filter((user) => !this.pinning.has(user)));
  }

  recordOf(user: string): Signed | null {
    return this.parts.people.get(user)?.pinned?.record ?? null;
  }

  private wantAll(): void {
    this.refresh();
    for (const user of this.parts.people.allGroupPeers()) this.want(user);
  }

  private pin(users: readonly string[]): void {
    if (users.length === 0 || !this.parts.session.isOnline) return;
    for (const user of users) this.pinning.add(user);
    this.parts.pinnedKeys.pin(users, (refusal) => {
      for (const user of users) this.pinning.delete(user);
      if (refusal) this.alarms.set('pin', this.context.now + LIMITS.letterRetryMs, () => this.refresh());
    });
  }

  private presence(user: string, isOnline: boolean): void {
    if (isOnline && this.parts.people.isGroupPeer(user)) this.want(user);
  }

  /** A group that we left has no peers. */
  private peersOf({ member }: RunningGroup) {
    return member.me === null ? [] : member.peers;
  }

  private want(user: string): void {
    const { session, presence, connector } = this.parts;
    if (session.isWanted && presence.isOnline(user)) connector.want(user, LIMITS.connectAttemptMs);
  }

  private meet(user: string): void {
    const { people, presence, session } = this.parts;
    if (people.isGroupPeer(user)) return;
    people.setGroupPeer(user, true);
    if (session.isOnline) presence.watch(user);
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

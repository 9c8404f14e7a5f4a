// Members of our groups, friends or not: their presence is watched and links are tried for. Only a member whose key is
// pinned is a peer (SPEC GROUP-43, GROUP-44): the records of a group never pin a key.

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
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
  /** A newer record of the user is known, so a device may be replaced. */
  recordRenewed(user: string): void;
}

export class GroupPeers implements Part {
  readonly on = {
    online: () => this.wantAll(),
    presence: ({ user, isOnline }: EventOf<'presence'>) => this.presence(user, isOnline),
    recordRenewed: ({ user }: EventOf<'recordRenewed'>) => this.listener.target.recordRenewed(user),
    keyPinned: ({ user }: EventOf<'keyPinned'>) => this.listener.target.pinChanged(user),
  };
  readonly listener = new Registration<PinListener>();
  /** Members whose key is being looked up. */
  private readonly pinning = new Set<string>();
  /** For each member when the name server was asked last for its newer record, and for which version. */
  private readonly asked = new Map<string, { version: number; at: Instant }>();
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
    this.lookUpRenewed();
  }

  /** A record that a group brings is only a reason to ask the name server (SPEC GROUP-43). */
  private lookUpRenewed(): void {
    const { people, session } = this.parts;
    const { now } = this.context;
    if (!session.isOnline) return;
    const renewed = this.renewedPeers();
    const isDue = (user: string): boolean => now - (this.asked.get(user)?.at ?? -Infinity) >= LIMITS.letterRetryMs;
    const due = renewed.filter(({ user }) => isDue(user)).slice(0, LIMITS.restNamesMax);
    const retry = (): void => this.alarms.set('renewed', now + LIMITS.letterRetryMs, () => this.lookUpRenewed());
    if (due.length < renewed.length) retry();
    for (const { user, version } of due) this.asked.set(user, { version, at: now });
    if (due.length === 0) return;
    const names = due.map(({ user }) => user);
    people.find(names, (found) => {
      if (!(found instanceof Refusal)) return;
      for (const user of names) this.asked.set(user, { version: 0, at: now });
      retry();
    });
  }

  /** The peers of whom a group knows a newer record than the pinned one, for which the name server was not asked. */
  private renewedPeers(): { user: string; version: number }[] {
    const { people, running } = this.parts;
    const versions = new Map<string, number>();
    for (const group of running.all()) {
      for (const { user, key } of this.peersOf(group)) {
        const version = group.member.log.roster.newest(user, key)?.version ?? 0;
        const known = Math.max(people.record(user)?.version ?? Infinity, this.asked.get(user)?.version ?? 0);
        if (version > Math.max(known, versions.get(user) ?? 0)) versions.set(user, version);
      }
    }
    return [...versions].map(([user, version]) => ({ user, version }));
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

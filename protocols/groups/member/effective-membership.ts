// Who belongs to the group now: the members by the log, without those who left (SPEC GROUP-21) or whose removal a
// takeover orphaned (SPEC GROUP-13).

import type { Signed } from '../../kit/signed.js';
import type { LogEntry } from '../entry.js';
import { peekStatement } from '../statements.js';
import { isSigned, peekEntry } from '../log/applied-entry.js';
import type { Member } from '../log/member-devices.js';
import type { MembershipIntervals } from '../log/membership-intervals.js';
import type { MembershipLog } from '../log/membership-log.js';
import type { MemberDependencies, Self } from './member-io.js';
import type { MemberMemory, OrphanedEntry } from './member-memory.js';

interface Sources {
  readonly self: Self;
  readonly pinnedKey: MemberDependencies['pinnedKey'];
  readonly log: () => MembershipLog;
  readonly memory: MemberMemory;
  readonly intervals: MembershipIntervals;
}

export class EffectiveMembership {
  constructor(private readonly sources: Sources) {}

  /** The own membership, null if there is none. A member of the own name with another key is another person. */
  get own(): Member | null {
    const { self } = this.sources;
    const member = this.log.members.get(self.user);
    return member === undefined || member.key !== self.key || this.isGone(member) ? null : member;
  }

  /** The other members with whom this member communicates. */
  peers(): Member[] {
    return [...this.log.members.values()].filter((member) => this.isReachable(member));
  }

  /** True iff the user is a peer. `key`: the identity key that a link or letter proves. */
  isPeer(user: string, key?: string): boolean {
    const member = this.log.members.get(user);
    return member !== undefined && this.isReachable(member) && (key === undefined || member.key === key);
  }

  /** True iff the pinned key of this name is another one: the member is not the known person (SPEC GROUP-44). */
  isOther({ user, key }: Pick<Member, 'user' | 'key'>): boolean {
    const pinned = this.pinnedKey(user);
    return pinned !== null && pinned !== key;
  }

  /** True iff this key of the user is pinned, so that the leader may add the user (SPEC GROUP-42). */
  isPinned(user: string, key: string): boolean {
    return this.pinnedKey(user) === key;
  }

  /** The identity key of a member, or of the last membership of a former member; null for other users. */
  keyOf(user: string): string | null {
    return this.log.members.get(user)?.key ?? this.sources.intervals.of(user).at(-1)?.key ?? null;
  }

  /**
   * The user belongs to the last ratified configuration or to a pending one. A pending removal may need the removed
   * member.
   */
  get isVoter(): boolean {
    const { user, key } = this.sources.self;
    return this.log.entriesFrom(this.log.ratified).some(({ members }) => members.get(user)?.key === key);
  }

  private pinnedKey(user: string): string | null {
    return this.sources.pinnedKey(user);
  }

  private isReachable(member: Member): boolean {
    return member.user !== this.sources.self.user && !this.isGone(member) && !this.isOther(member);
  }

  /** True iff the log lists the member, but it left, or an orphaned entry removed it. */
  isGone(member: Member): boolean {
    return this.leaveStatementOf(member) !== null || this.orphanedRemoval(member) !== null;
  }

  hasLeft(user: string): boolean {
    const member = this.log.members.get(user);
    return member !== undefined && this.leaveStatementOf(member) !== null;
  }

  leaveStatementOf({ user, admissionId }: Member): Signed | null {
    const isTheirs = (signed: Signed): boolean => {
      const leave = peekStatement('leave', signed);
      return leave?.by === user && leave.member === admissionId;
    };
    return this.sources.memory.farewells.find(isTheirs) ?? null;
  }

  /**
   * The cut of an orphaned removal that is still in force (SPEC GROUP-13). It ends when the new leader rules, or when
   * the members elect the removed member.
   */
  orphanedRemoval({ user, since }: Member): ReadonlyMap<string, number> | null {
    if (this.log.head.leader === user) return null;
    for (const { signed, fork } of this.sources.memory.orphans) {
      const op = peekEntry(signed)?.op;
      if (op?.do !== 'remove' || op.user !== user || since > fork) continue;
      return new Map(op.cut.map(({ device, seq }) => [device, seq]));
    }
    return null;
  }

  /**
   * The index of the entry that ended a membership, or that replaced the entry which began it; null if neither exists.
   */
  endIndexOf(user: string): number | null {
    if (this.log.members.has(user)) return null;
    const last = this.sources.intervals.of(user).at(-1)?.until ?? null;
    const isOrphanedAdd = ({ signed }: OrphanedEntry): boolean => {
      const op = peekEntry(signed)?.op;
      return op?.do === 'add' && op.user === user;
    };
    const fork = this.sources.memory.orphans.find(isOrphanedAdd)?.fork;
    return fork === undefined ? last : fork + 1;
  }

  /** True iff the device may sign for the user now: it is listed, and not replaced (SPEC GROUP-47, GROUP-49). */
  maySign(user: string, device: string): boolean {
    const { log } = this;
    return log.signerOf(user, device, log.head.entry.index, log.ratified) !== null && !log.isReplaced(user, device);
  }

  /** Does the device belong to a user who is or was a member? Replaced devices count too. */
  isDeviceOf(user: string, device: string): boolean {
    const intervals = this.sources.intervals.of(user);
    return intervals.some(({ key }) => this.log.roster.owns(user, key, device));
  }

  /** True iff a present or former member signed the entry, with a device that was not replaced. */
  isAuthentic(entry: LogEntry, signed: Signed): boolean {
    const { log } = this;
    const isTheirs = log.signerOf(entry.by, entry.device, log.head.entry.index) !== null;
    return isTheirs && !log.isReplaced(entry.by, entry.device) && isSigned(entry, signed, log.dependencies);
  }

  private get log(): MembershipLog {
    return this.sources.log();
  }
}

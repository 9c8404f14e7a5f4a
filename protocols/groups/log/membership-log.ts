// A membership log: consecutive entries, each checked when it was appended (SPEC GROUP-1 to GROUP-8), and queries
// about its members, terms and majorities.

import { LIMITS } from '../../kit/limits.js';
import { assert } from '../../kit/machine.js';
import type { Signed } from '../../kit/signed.js';
import type { LogPosition } from '../entry.js';
import { openStatement } from '../statements.js';
import type { DeviceRecord, DeviceRoster, LogDependencies } from './device-roster.js';
import { applyFirst, applyNext, positionOf } from './applied-entry.js';
import type { AppliedEntry, LogView, Members } from './applied-entry.js';
import { isReplaced, mayUse, type Member } from './member-devices.js';

export class MembershipLog implements LogView {
  /** True while entries from disk are restored: they were checked when they arrived. */
  isTrusted = false;
  /** The index of the last ratified entry (SPEC GROUP-6). Only `Ratification` raises it. */
  ratified = 0;

  private constructor(
    readonly roster: DeviceRoster,
    readonly dependencies: LogDependencies,
    private readonly entries: AppliedEntry[],
  ) {}

  /** The log that begins with this entry, null if the entry is no valid entry 0. */
  static begin(signed: Signed, roster: DeviceRoster, dependencies: LogDependencies): MembershipLog | null {
    const applied = applyFirst(signed, roster, dependencies);
    return applied && new MembershipLog(roster, dependencies, [applied]);
  }

  /** A copy of this log up to an index, to which other entries can be appended. */
  prefix(index: number): MembershipLog {
    const log = new MembershipLog(this.roster, this.dependencies, this.entries.slice(0, index + 1));
    log.ratified = Math.min(this.ratified, index);
    return log;
  }

  /** Appends an entry; a text says why it is invalid, null if it was appended. */
  append(signed: Signed): string | null {
    if (this.head.entry.index - this.ratified >= LIMITS.groupUnratifiedMax && !this.isTrusted)
      return 'too many entries are not ratified';
    const applied = applyNext(signed, this);
    if (typeof applied === 'string') return applied;
    this.entries.push(applied);
    return null;
  }

  get group(): string {
    return this.first.id;
  }

  /** The name of the group, as entry 0 gives it. */
  get name(): string {
    const { op } = this.first.entry;
    return op.do === 'create' ? op.name : '';
  }

  get first(): AppliedEntry {
    const applied = this.entries[0];
    assert(applied !== undefined, 'a log has an entry 0');
    return applied;
  }

  get head(): AppliedEntry {
    const applied = this.entries.at(-1);
    assert(applied !== undefined, 'a log has a head');
    return applied;
  }

  get position(): LogPosition {
    return positionOf(this.head);
  }

  get term(): number {
    return this.head.entry.term;
  }

  get members(): Members {
    return this.head.members;
  }

  at(index: number): AppliedEntry | null {
    return this.entries[index] ?? null;
  }

  /** True iff this log has exactly this entry at its index. */
  has({ index, hash }: Pick<LogPosition, 'index' | 'hash'>): boolean {
    return this.entries[index]?.id === hash;
  }

  /** The signed entries from an index on, at most `limit`. */
  signedFrom(index: number, limit: number): Signed[] {
    return this.entries.slice(index, index + limit).map(({ signed }) => signed);
  }

  entriesFrom(index: number): readonly AppliedEntry[] {
    return this.entries.slice(index);
  }

  /** SPEC GROUP-2, GROUP-41. The consent names an entry of this log; a user whose membership ended after it consents anew. */
  consentFault(user: string, consent: Signed, { key, devices }: DeviceRecord): string | null {
    const opened = openStatement('consent', consent, this.dependencies.primitives);
    if (opened === null || opened.by !== user || opened.group !== this.group)
      return 'there is no consent of this user for this group';
    if (opened.key !== key) return 'the consent has another key than the entry';
    if (!devices.some(({ device }) => device === opened.device)) return 'no device of the user signed the consent';
    if (!this.has(opened.head)) return 'the consent cites another history';
    return this.endedAfter(user, opened.head.index) ? 'the consent is older than the end of the membership' : null;
  }

  /**
   * The member for whom the device may sign as of the entry at `index`, null if there is none. The newest entries may
   * have removed the member: a vote or adoption then counts in the older configurations, down to `low`.
   */
  signerOf(user: string, device: string, index: number, low = 0): Member | null {
    const member = this.memberAt(user, index, low);
    return member !== null && mayUse(member, device, this.roster) ? member : null;
  }

  /** True iff the newest known record of the user, newer than the log, does not list the device (SPEC GROUP-49). */
  isReplaced(user: string, device: string, index = this.head.entry.index): boolean {
    const member = this.memberAt(user, index, 0);
    return member !== null && isReplaced(member, device, this.roster);
  }

  private memberAt(user: string, index: number, low: number): Member | null {
    for (let at = Math.min(index, this.entries.length - 1); at >= low; at -= 1) {
      const member = this.entries[at]?.members.get(user);
      if (member) return member;
    }
    return null;
  }

  /** Would a log that shares entries only up to `fork` replace a ratified entry (SPEC GROUP-10)? */
  replacesRatified(fork: number): boolean {
    return fork < this.ratified;
  }

  private endedAfter(user: string, index: number): boolean {
    return this.entries.slice(index + 1).some(({ entry: { op } }) => {
      return (op.do === 'remove' || op.do === 'leave') && op.user === user;
    });
  }

  /** The members of the last ratified configuration and of every pending one. */
  get voters(): string[] {
    return [...new Set(this.entries.slice(this.ratified).flatMap(({ members }) => [...members.keys()]))];
  }

  isQuorum(users: ReadonlySet<string>): boolean {
    return this.isMajority((user) => users.has(user), this.ratified, this.head.entry.index);
  }

  /** Do the counted users form a strict majority of every configuration from `low` up to `high`? */
  isMajority(counts: (user: string, key: string) => boolean, low: number, high: number): boolean {
    let last: Members | null = null;
    for (let index = low; index <= high; index += 1) {
      const members = this.entries[index]?.members ?? null;
      if (members === null) return false;
      if (members === last) continue;
      last = members;
      let yes = 0;
      for (const { user, key } of members.values()) if (counts(user, key)) yes += 1;
      if (yes * 2 <= members.size) return false;
    }
    return true;
  }

  /** The last index, at most `index`, whose entry has this term or an earlier one (SPEC GROUP-25). */
  lastIndexOfTerm(term: number, index: number): number {
    let at = Math.min(index, this.entries.length - 1);
    while (at > 0 && (this.entries[at]?.entry.term ?? 0) > term) at -= 1;
    return at;
  }

  /** The leader of a term, null if this log has no entry of the term. */
  leaderOf(term: number): string | null {
    for (let at = this.entries.length - 1; at >= 0; at -= 1) {
      const applied = this.entries[at];
      if (applied && applied.entry.term === term) return applied.leader;
      if (applied && applied.entry.term < term) return null;
    }
    return null;
  }
}

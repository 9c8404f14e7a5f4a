// One row of entries, each judged when it was put on top (SPEC GROUP-1 to GROUP-8), and questions about it.

import { LIMITS } from '../../kit/limits.js';
import { assert } from '../../kit/machine.js';
import type { Signed } from '../../kit/signed.js';
import type { LogPosition } from '../entry.js';
import { openStatement } from '../statements.js';
import type { DeviceRoster, LogDependencies } from './device-roster.js';
import { applyFirst, applyNext, positionOf, type LogView, type Members, type AppliedEntry } from './applied-entry.js';

export class MembershipLog implements LogView {
  /** True while entries are put back that were judged before. */
  isTrusted = false;
  /** The last entry known to be ratified (SPEC GROUP-6). Only `Ratification` raises it. */
  ratified = 0;

  private constructor(
    readonly roster: DeviceRoster,
    readonly dependencies: LogDependencies,
    private readonly entries: AppliedEntry[],
  ) {}

  /** The row that begins with this entry, or null where nothing can begin so. */
  static begin(signed: Signed, roster: DeviceRoster, tools: LogDependencies): MembershipLog | null {
    const step = applyFirst(signed, roster, tools);
    return step && new MembershipLog(roster, tools, [step]);
  }

  /** The same row up to an index, to grow another way. */
  prefix(index: number): MembershipLog {
    const chain = new MembershipLog(this.roster, this.dependencies, this.entries.slice(0, index + 1));
    chain.ratified = Math.min(this.ratified, index);
    return chain;
  }

  /** Puts an entry on top; in a few words why not, or null where it stands. */
  append(signed: Signed): string | null {
    if (this.head.entry.index - this.ratified >= LIMITS.groupUnratifiedMax && !this.isTrusted)
      return 'too much pending';
    const step = applyNext(signed, this);
    if (typeof step === 'string') return step;
    this.entries.push(step);
    return null;
  }

  get group(): string {
    return this.first.id;
  }

  get first(): AppliedEntry {
    const step = this.entries[0];
    assert(step !== undefined, 'a row has a beginning');
    return step;
  }

  get head(): AppliedEntry {
    const step = this.entries.at(-1);
    assert(step !== undefined, 'a row has a head');
    return step;
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

  /** True iff this very entry stands in the row. */
  has({ index, hash }: Pick<LogPosition, 'index' | 'hash'>): boolean {
    return this.entries[index]?.id === hash;
  }

  /** The entries from an index on, at most so many. */
  signedFrom(index: number, limit: number): Signed[] {
    return this.entries.slice(index, index + limit).map(({ signed }) => signed);
  }

  entriesFrom(index: number): readonly AppliedEntry[] {
    return this.entries.slice(index);
  }

  /** SPEC GROUP-2. A consent names an entry of this very row; who went after that entry has to be asked again. */
  consentFault(user: string, consent: Signed, devices: readonly { readonly device: string }[]): string | null {
    const said = openStatement('consent', consent, this.dependencies.primitives);
    if (said === null || said.by !== user || said.group !== this.group) return 'without consent';
    if (!devices.some(({ device }) => device === said.device)) return 'consent by a foreign device';
    if (!this.has(said.head)) return 'consent to another row';
    return this.endedAfter(user, said.head.index) ? 'consent is void' : null;
  }

  /** Would a row that shares only what is up to `fork` replace something ratified (SPEC GROUP-10)? */
  replacesRatified(fork: number): boolean {
    return fork < this.ratified;
  }

  private endedAfter(user: string, index: number): boolean {
    return this.entries.slice(index + 1).some(({ entry: { op } }) => {
      return (op.do === 'remove' || op.do === 'leave') && op.user === user;
    });
  }

  /** Everybody of every configuration that is pending. */
  get voters(): string[] {
    return [...new Set(this.entries.slice(this.ratified).flatMap(({ members }) => [...members.keys()]))];
  }

  isQuorum(users: ReadonlySet<string>): boolean {
    return this.isMajority((user) => users.has(user), this.ratified, this.head.entry.index);
  }

  /** Is it a strict majority in every configuration from `low` up to `high`? */
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

  /** The last entry of this term or an earlier one, no later than `index` (SPEC GROUP-25). */
  lastIndexOfTerm(term: number, index: number): number {
    let at = Math.min(index, this.entries.length - 1);
    while (at > 0 && (this.entries[at]?.entry.term ?? 0) > term) at -= 1;
    return at;
  }

  /** Who led in a term, null where this row has none. */
  leaderOf(term: number): string | null {
    for (let at = this.entries.length - 1; at >= 0; at -= 1) {
      const step = this.entries[at];
      if (step && step.entry.term === term) return step.leader;
      if (step && step.entry.term < term) return null;
    }
    return null;
  }
}

// Who belonged to the group when, as the row in force says it, and whose messages count (SPEC GROUP-23 to GROUP-26).

import { peekStatement } from '../statements.js';
import type { Cut, LogPosition } from '../entry.js';
import type { GroupMessage } from '../group-message.js';
import type { MembershipLog } from './membership-log.js';
import type { AppliedEntry } from './applied-entry.js';

/** One stay of a user. `until`, `cut`: of the entry that ended it, null while it lasts. */
export interface MembershipInterval {
  readonly user: string;
  readonly key: string;
  readonly since: number;
  readonly until: number | null;
  readonly cut: ReadonlyMap<string, { readonly seq: number; readonly epoch: number }> | null;
}

/** `unknown`: its epoch is one that I have not heard of yet. */
export type MessageVerdict = 'counts' | 'unknown' | 'no';

export class MembershipIntervals {
  private byUser = new Map<string, MembershipInterval[]>();
  private readFrom: AppliedEntry | null = null;

  constructor(private readonly log: () => MembershipLog) {}

  /** All stays of a user, the last one last. */
  of(user: string): readonly MembershipInterval[] {
    this.refresh();
    return this.byUser.get(user) ?? [];
  }

  users(): string[] {
    this.refresh();
    return [...this.byUser.keys()];
  }

  /** The index an epoch counts as in the row in force, null if it lies ahead of it. */
  epochIndex(epoch: LogPosition): number | null {
    const chain = this.log();
    if (chain.has(epoch)) return epoch.index;
    const { entry } = chain.head;
    const isAhead = epoch.term > entry.term || (epoch.term === entry.term && epoch.index > entry.index);
    return isAhead ? null : chain.lastIndexOfTerm(epoch.term, epoch.index);
  }

  /** Does a message of this device, number and epoch count? */
  verdict({ by, device, seq, epoch }: Pick<GroupMessage, 'by' | 'device' | 'seq' | 'epoch'>): MessageVerdict {
    const index = this.epochIndex(epoch);
    if (index === null) return 'unknown';
    const chain = this.log();
    const isOrphaned = !chain.has(epoch);
    const spans = this.of(by).filter(({ key }) => chain.roster.owns(by, key, device));
    const counts = spans.some((span, nth) => {
      if (span.since > index && !(isOrphaned && nth === 0)) return false;
      return span.cut === null || seq <= (span.cut.get(device)?.seq ?? 0);
    });
    return counts ? 'counts' : 'no';
  }

  /**
   * May numbers between `seq` and this message be passed over (SPEC GROUP-26)? `mySince`: from which epoch on messages
   * are for me.
   */
  maySkip({ by, device, before, epoch }: GroupMessage, seq: number, mySince: number): boolean {
    if (before < mySince) return true;
    const index = this.epochIndex(epoch) ?? 0;
    const past = this.of(by).filter(({ until }) => until !== null && until <= index);
    const last = past.at(-1);
    if (!last || before >= (this.of(by)[past.length]?.since ?? 0)) return false;
    // All that counted of their time before must be here, unless none of it is for me.
    return past.every(({ cut }) => {
      const end = cut?.get(device);
      return end === undefined || end.seq <= seq || end.epoch < mySince;
    });
  }

  private refresh(): void {
    const chain = this.log();
    if (this.readFrom === chain.head) return;
    this.readFrom = chain.head;
    this.byUser = new Map();
    for (const step of chain.entriesFrom(0)) this.read(step);
  }

  private read({ entry, members }: AppliedEntry): void {
    const { op } = entry;
    if (op.do === 'create' || op.do === 'add') {
      const user = op.do === 'create' ? entry.by : op.user;
      const key = members.get(user)?.key ?? '';
      const span: MembershipInterval = { user, key, since: entry.index, until: null, cut: null };
      this.byUser.set(user, [...(this.byUser.get(user) ?? []), span]);
    }
    if (op.do === 'remove') this.end(op.user, entry.index, op.cut);
    if (op.do === 'leave') this.end(op.user, entry.index, peekStatement('leave', op.statement)?.cut ?? []);
  }

  private end(user: string, until: number, cut: Cut): void {
    const spans = this.byUser.get(user) ?? [];
    const last = spans.at(-1);
    if (!last) return;
    const cuts = new Map(cut.map(({ device, seq, epoch }) => [device, { seq, epoch }]));
    this.byUser.set(user, [...spans.slice(0, -1), { ...last, until, cut: cuts }]);
  }
}

// The membership intervals of each user by the current log, and whether a message was sent within one (SPEC GROUP-23 to
// GROUP-26).

import { peekStatement } from '../statements.js';
import type { Cut, LogPosition } from '../entry.js';
import type { GroupMessage } from '../group-message.js';
import type { MembershipLog } from './membership-log.js';
import type { AppliedEntry } from './applied-entry.js';
import type { Member } from './member-devices.js';

type CutByDevice = ReadonlyMap<string, { readonly seq: number; readonly epoch: number }>;

/** The devices of a member from an entry on. `cut`: of the devices that are no longer listed. */
interface DeviceList {
  readonly version: number;
  readonly devices: ReadonlySet<string>;
  readonly cut: CutByDevice;
}

/**
 * One membership of a user. `until`, `cut`: of the entry that ended it, null while it lasts. `lists`: the devices as of
 * the admission and of each `devices` entry.
 */
export interface MembershipInterval {
  readonly user: string;
  readonly key: string;
  readonly since: number;
  readonly until: number | null;
  readonly cut: CutByDevice | null;
  readonly lists: readonly DeviceList[];
}

/** `unknown epoch`: the message cites an entry ahead of the own log. */
export type MessageVerdict = 'accepted' | 'unknown epoch' | 'rejected';

type SentMessage = Pick<GroupMessage, 'by' | 'device' | 'seq' | 'epoch'>;

export class MembershipIntervals {
  private byUser = new Map<string, MembershipInterval[]>();
  private readFrom: AppliedEntry | null = null;

  constructor(private readonly log: () => MembershipLog) {}

  /** All memberships of a user, oldest first. */
  of(user: string): readonly MembershipInterval[] {
    this.refresh();
    return this.byUser.get(user) ?? [];
  }

  users(): string[] {
    this.refresh();
    return [...this.byUser.keys()];
  }

  /** The index that an epoch counts as in the current log, null if it lies ahead of the log (SPEC GROUP-25). */
  epochIndex(epoch: LogPosition): number | null {
    const log = this.log();
    if (log.has(epoch)) return epoch.index;
    const { entry } = log.head;
    const isAhead = epoch.term > entry.term || (epoch.term === entry.term && epoch.index > entry.index);
    return isAhead ? null : log.lastIndexOfTerm(epoch.term, epoch.index);
  }

  /** Did the sender belong to the group when it sent this message, and is the message within its cut? */
  verdict(message: SentMessage): MessageVerdict {
    if (this.epochIndex(message.epoch) === null) return 'unknown epoch';
    return this.intervalOf(message) === null ? 'rejected' : 'accepted';
  }

  /** The membership in which the message was sent, null if it is not valid in any. */
  intervalOf({ by, device, seq, epoch }: SentMessage): MembershipInterval | null {
    const index = this.epochIndex(epoch);
    if (index === null) return null;
    const log = this.log();
    const isOrphaned = !log.has(epoch);
    const intervals = this.of(by).filter(({ key }) => log.roster.owns(by, key, device));
    const isWithin = (interval: MembershipInterval, nth: number): boolean => {
      if (interval.since > index && !(isOrphaned && nth === 0)) return false;
      if (seq > this.lastOfDevice(interval, device)) return false;
      return interval.cut === null || seq <= (interval.cut.get(device)?.seq ?? 0);
    };
    return intervals.find(isWithin) ?? null;
  }

  /** True iff the log says how many messages of this device are valid in the membership of the message. */
  isCut(message: SentMessage): boolean {
    const interval = this.intervalOf(message);
    return interval !== null && (interval.cut !== null || this.lastOfDevice(interval, message.device) < Infinity);
  }

  /** The last valid message number of a device in a membership: limited by the entry that replaced the device. */
  private lastOfDevice({ user, key, lists }: MembershipInterval, device: string): number {
    const first = this.log().roster.firstVersion(user, key, device) ?? 0;
    const last = lists.findLastIndex(({ version, devices }) => devices.has(device) || first > version);
    if (last < 0) return 0;
    return last === lists.length - 1 ? Infinity : (lists[last + 1]?.cut.get(device)?.seq ?? 0);
  }

  /**
   * May the numbers between `seq` and this message be skipped (SPEC GROUP-26)? `mySince`: the first epoch index whose
   * messages are for this member.
   */
  maySkip({ by, device, before, epoch }: GroupMessage, seq: number, mySince: number): boolean {
    if (before < mySince) return true;
    const index = this.epochIndex(epoch) ?? 0;
    const past = this.of(by).filter(({ until }) => until !== null && until <= index);
    const last = past.at(-1);
    if (!last || before >= (this.of(by)[past.length]?.since ?? 0)) return false;
    // Every valid message of the earlier memberships must be here, unless none of them is for this member.
    return past.every(({ cut }) => {
      const end = cut?.get(device);
      return end === undefined || end.seq <= seq || end.epoch < mySince;
    });
  }

  private refresh(): void {
    const log = this.log();
    if (this.readFrom === log.head) return;
    this.readFrom = log.head;
    this.byUser = new Map();
    for (const applied of log.entriesFrom(0)) this.read(applied);
  }

  private read({ entry, members }: AppliedEntry): void {
    const { op } = entry;
    const member = members.get('user' in op ? op.user : entry.by);
    if (member && (op.do === 'create' || op.do === 'add')) {
      const { user, key } = member;
      const lists = [listOf(member, [])];
      const interval: MembershipInterval = { user, key, since: entry.index, until: null, cut: null, lists };
      this.byUser.set(user, [...(this.byUser.get(user) ?? []), interval]);
    }
    if (member && op.do === 'devices') this.renew(member, op.cut);
    if (op.do === 'remove') this.end(op.user, entry.index, op.cut);
    if (op.do === 'leave') this.end(op.user, entry.index, peekStatement('leave', op.statement)?.cut ?? []);
  }

  private end(user: string, until: number, cut: Cut): void {
    const intervals = this.byUser.get(user) ?? [];
    const last = intervals.at(-1);
    if (!last) return;
    this.byUser.set(user, [...intervals.slice(0, -1), { ...last, until, cut: byDevice(cut) }]);
  }

  private renew(member: Member, cut: Cut): void {
    const intervals = this.byUser.get(member.user) ?? [];
    const last = intervals.at(-1);
    if (!last) return;
    const lists = [...last.lists, listOf(member, cut)];
    this.byUser.set(member.user, [...intervals.slice(0, -1), { ...last, lists }]);
  }
}

function listOf({ version, devices }: Member, cut: Cut): DeviceList {
  return { version, devices, cut: byDevice(cut) };
}

function byDevice(cut: Cut): CutByDevice {
  return new Map(cut.map(({ device, seq, epoch }) => [device, { seq, epoch }]));
}

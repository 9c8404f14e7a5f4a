// Applies one entry to a log: the state of the group after it, or why the entry is invalid at this position (SPEC
// GROUP-1 to GROUP-4, GROUP-8).

import { LIMITS } from '../../kit/limits.js';
import { assertNever } from '../../kit/machine.js';
import { objectId, openSigned, type Signed } from '../../kit/signed.js';
import { parseJson } from '../../kit/bytes.js';
import {
  isSamePosition,
  logEntryShape,
  type EntryOp,
  type GroupPolicy,
  type LogEntry,
  type LogPosition,
} from '../entry.js';
import { openStatement } from '../statements.js';
import type { DeviceRecord, DeviceRoster, LogDependencies } from './device-roster.js';
import { devicesOf, mayUse, renewed, type Member } from './member-devices.js';

export type Members = ReadonlyMap<string, Member>;

/** An entry with the state of the group after it. */
export interface AppliedEntry {
  readonly signed: Signed;
  readonly entry: LogEntry;
  readonly id: string;
  readonly members: Members;
  readonly leader: string;
  /** The index of the entry that began the term. */
  readonly leadsSince: number;
  /** The device that began the term. No other device of the leader signs entries in it (SPEC GROUP-50). */
  readonly leaderDevice: string;
  readonly policy: GroupPolicy;
}

/** The log below an entry, as far as the checks of that entry need it. */
export interface LogView {
  readonly group: string;
  readonly head: AppliedEntry;
  readonly roster: DeviceRoster;
  readonly dependencies: LogDependencies;
  /** True while entries from disk are restored: signatures, consents and votes were verified when they arrived. */
  readonly isTrusted: boolean;
  at(index: number): AppliedEntry | null;
  /** The member for whom the device may sign as of an entry, null if there is none. */
  signerOf(user: string, device: string, index: number): Member | null;
  /** Why the consent does not admit the user (SPEC GROUP-2), null if it does. */
  consentFault(user: string, consent: Signed, record: DeviceRecord): string | null;
  /** Are these users a strict majority of every configuration from the last ratified entry up to the head? */
  isQuorum(users: ReadonlySet<string>): boolean;
}

export function positionOf({ entry, id }: AppliedEntry): LogPosition {
  return { index: entry.index, term: entry.term, hash: id };
}

/** Applies entry 0 and learns the record of the founder; null if the entry cannot begin a group. */
export function applyFirst(signed: Signed, roster: DeviceRoster, dependencies: LogDependencies): AppliedEntry | null {
  const entry = peekEntry(signed);
  if (entry?.op.do !== 'create' || entry.index !== 0 || entry.term !== 0) return null;
  if (entry.group !== null || entry.previous !== null) return null;
  const record = roster.learn(entry.op.record);
  if (record?.name !== entry.by || !record.devices.some(({ device }) => device === entry.device)) return null;
  if (!isSigned(entry, signed, dependencies)) return null;
  const id = objectId('group', signed.payload, dependencies.primitives);
  const { key } = record;
  const founder: Member = { user: entry.by, key, since: 0, admissionId: id, ...devicesOf(record), changes: 0 };
  const members = new Map([[founder.user, founder]]);
  const lead = { leader: entry.by, leadsSince: 0, leaderDevice: entry.device };
  return { signed, entry, id, members, ...lead, policy: entry.op.policy };
}

/** Applies the next entry; a text says why it is invalid. */
export function applyNext(signed: Signed, log: LogView): AppliedEntry | string {
  const entry = peekEntry(signed);
  const { head, roster, dependencies } = log;
  if (entry === null) return 'malformed';
  if (entry.group !== log.group) return 'the entry belongs to another group';
  if (entry.index !== head.entry.index + 1 || entry.previous !== head.id)
    return 'the entry does not follow the head of the log';
  const fault = log.isTrusted ? null : authorFault(entry, signed, log);
  if (fault !== null) return fault;
  const after = apply(entry, log);
  if (typeof after === 'string') return after;
  const id = objectId('group', signed.payload, dependencies.primitives);
  if (entry.op.do === 'add' || entry.op.do === 'devices') roster.learn(entry.op.record);
  return { ...head, ...after, signed, entry, id };
}

/** The entry inside, not verified; null if it does not have the shape. */
export function peekEntry({ payload }: Signed): LogEntry | null {
  const value = parseJson(payload);
  return logEntryShape.accepts(value) ? value : null;
}

/** True iff the device that the entry names signed it. The caller checks whose device that is. */
export function isSigned(entry: LogEntry, signed: Signed, dependencies: LogDependencies): boolean {
  const opened = openSigned('group', signed, {
    key: entry.device,
    shape: logEntryShape,
    primitives: dependencies.primitives,
  });
  return opened !== null;
}

function authorFault(entry: LogEntry, signed: Signed, log: LogView): string | null {
  const { head } = log;
  const author = head.members.get(entry.by);
  if (author === undefined) return 'the author is not a member';
  const isOfTerm = entry.op.do === 'takeover' ? entry.term > head.entry.term : entry.term === head.entry.term;
  if (!isOfTerm) return 'the term is wrong';
  if (entry.op.do !== 'takeover' && entry.by !== head.leader) return 'the author is not the leader';
  if (entry.op.do !== 'takeover' && entry.device !== head.leaderDevice) return 'another device began the term';
  const isTheirs = mayUse(author, entry.device, log.roster) && isSigned(entry, signed, log.dependencies);
  return isTheirs ? null : 'no device of the author signed the entry';
}

type StateChange = Partial<Pick<AppliedEntry, 'members' | 'leader' | 'leadsSince' | 'leaderDevice' | 'policy'>>;

function apply(entry: LogEntry, log: LogView): StateChange | string {
  const { op } = entry;
  switch (op.do) {
    case 'create':
      return 'a group is created only once';
    case 'add':
      return applyAdd(entry, op, log);
    case 'remove':
      return applyRemoval(op.user, entry, log);
    case 'leave':
      return applyLeave(entry, op, log);
    case 'devices':
      return applyDevices(op, log);
    case 'policy':
      return { policy: op.policy };
    case 'takeover':
      return applyTakeover(entry, op, log);
    default:
      return assertNever(op);
  }
}

type OpOf<D extends EntryOp['do']> = Extract<EntryOp, { do: D }>;

function applyAdd(entry: LogEntry, op: OpOf<'add'>, log: LogView): StateChange | string {
  const { members } = log.head;
  if (members.has(op.user)) return 'the user is a member already';
  if (members.size >= LIMITS.groupMembersMax) return 'the group is full';
  const record = log.dependencies.readRecord(op.record);
  if (record?.name !== op.user) return 'the record belongs to another user';
  if (record.key !== op.key) return 'the record has another key than the entry';
  const fault = log.isTrusted ? null : log.consentFault(op.user, op.consent, record);
  if (fault !== null) return fault;
  const admissionId = objectId('consent', op.consent.payload, log.dependencies.primitives);
  const fixed = { user: op.user, key: record.key, since: entry.index, admissionId };
  const member: Member = { ...fixed, ...devicesOf(record), changes: 0 };
  return { members: new Map([...members, [op.user, member]]) };
}

/** SPEC GROUP-47. */
function applyDevices(op: OpOf<'devices'>, { head, dependencies }: LogView): StateChange | string {
  const member = head.members.get(op.user);
  if (!member) return 'the user is not a member';
  const after = renewed(member, dependencies.readRecord(op.record));
  return typeof after === 'string' ? after : { members: new Map([...head.members, [op.user, after]]) };
}

function applyLeave(entry: LogEntry, op: OpOf<'leave'>, log: LogView): StateChange | string {
  const member = log.head.members.get(op.user);
  const leave = openStatement('leave', op.statement, log.dependencies.primitives);
  if (!member || leave === null || leave.by !== op.user || leave.group !== log.group)
    return 'there is no leave statement of this user';
  if (leave.member !== member.admissionId) return 'the leave statement ends another membership';
  const isTheirs = log.isTrusted || mayUse(member, leave.device, log.roster);
  return isTheirs ? applyRemoval(op.user, entry, log) : 'no device of the user signed the leave statement';
}

function applyRemoval(user: string, entry: LogEntry, { head }: LogView): StateChange | string {
  if (!head.members.has(user)) return 'the user is not a member';
  if (user === entry.by) return 'a leader cannot end its own membership';
  const members = new Map(head.members);
  members.delete(user);
  return { members };
}

/** SPEC GROUP-3, GROUP-8. */
function applyTakeover(entry: LogEntry, op: OpOf<'takeover'>, log: LogView): StateChange | string {
  const change: StateChange = { leader: entry.by, leadsSince: entry.index, leaderDevice: entry.device };
  if (log.isTrusted) return change;
  const voters = new Set<string>();
  for (const signed of op.votes) {
    const vote = openStatement('vote', signed, log.dependencies.primitives);
    if (vote === null || vote.group !== log.group || vote.term !== entry.term)
      return 'a vote is for another group or term';
    if (vote.candidate !== entry.by || !isSamePosition(vote.head, positionOf(log.head)))
      return 'a vote is for another candidate or head';
    if (log.signerOf(vote.by, vote.device, log.head.entry.index) === null) return 'a vote is not by a member';
    voters.add(vote.by);
  }
  return log.isQuorum(voters) ? change : 'there are too few votes';
}

// One entry on top of those before it: what the group is afterwards, or why the entry does not stand there.

import { LIMITS } from '../../kit/limits.js';
import { assertNever } from '../../kit/machine.js';
import { objectId, openSigned, type Signed } from '../../kit/signed.js';
import { parseJson } from '../../kit/bytes.js';
import {
  logEntryShape,
  isSamePosition,
  type LogEntry,
  type EntryOp,
  type LogPosition,
  type GroupPolicy,
} from '../entry.js';
import { openStatement } from '../statements.js';
import type { DeviceRoster, LogDependencies } from './device-roster.js';

/** `since`: index of the entry that let them in. `by`: the id of their consent, or of the group for its founder. */
export interface Member {
  readonly user: string;
  readonly key: string;
  readonly since: number;
  readonly admissionId: string;
}

export type Members = ReadonlyMap<string, Member>;

/** The group as it is after an entry. */
export interface AppliedEntry {
  readonly signed: Signed;
  readonly entry: LogEntry;
  readonly id: string;
  readonly members: Members;
  readonly leader: string;
  /** Since which entry they lead. */
  readonly leadsSince: number;
  readonly policy: GroupPolicy;
}

/** Who knows whose device a device is, and what a signature is worth. */
export interface SignatureJudge {
  readonly roster: DeviceRoster;
  readonly dependencies: LogDependencies;
}

/** What the judge of an entry may ask about the row below it. */
export interface LogView {
  readonly group: string;
  readonly head: AppliedEntry;
  readonly roster: DeviceRoster;
  readonly dependencies: LogDependencies;
  /** True on a row that was judged before: signatures and votes are not judged again. */
  readonly isTrusted: boolean;
  at(index: number): AppliedEntry | null;
  /** Why this consent lets nobody in (SPEC GROUP-2), null where it does. */
  consentFault(user: string, consent: Signed, devices: readonly { readonly device: string }[]): string | null;
  /** Do these users make a strict majority in every configuration from the last ratified one up to the head? */
  isQuorum(users: ReadonlySet<string>): boolean;
}

export function positionOf({ entry, id }: AppliedEntry): LogPosition {
  return { index: entry.index, term: entry.term, hash: id };
}

/** The first step of a group, or null where it is none. Its record is learnt. */
export function applyFirst(signed: Signed, roster: DeviceRoster, tools: LogDependencies): AppliedEntry | null {
  const entry = peekEntry(signed);
  if (entry?.op.do !== 'create' || entry.index !== 0 || entry.term !== 0) return null;
  if (entry.group !== null || entry.previous !== null) return null;
  const papers = roster.learn(entry.op.record);
  if (papers?.name !== entry.by || !isSignedBy(entry, signed, papers.key, { roster, dependencies: tools })) return null;
  const id = objectId('group', signed.payload, tools.primitives);
  const founder: Member = { user: entry.by, key: papers.key, since: 0, admissionId: id };
  const members = new Map([[founder.user, founder]]);
  return { signed, entry, id, members, leader: entry.by, leadsSince: 0, policy: entry.op.policy };
}

/** The next step, or in a few words why there is none. */
export function applyNext(signed: Signed, below: LogView): AppliedEntry | string {
  const entry = peekEntry(signed);
  const { head, roster, dependencies: tools } = below;
  if (entry === null) return 'malformed';
  if (entry.group !== below.group) return 'of another group';
  if (entry.index !== head.entry.index + 1 || entry.previous !== head.id) return 'out of the row';
  const fault = below.isTrusted ? null : authorFault(entry, signed, below);
  if (fault !== null) return fault;
  const after = apply(entry, below);
  if (typeof after === 'string') return after;
  const id = objectId('group', signed.payload, tools.primitives);
  if (entry.op.do === 'add') roster.learn(entry.op.record);
  return { ...head, ...after, signed, entry, id };
}

/** The entry inside, unverified; null where it has not its shape. */
export function peekEntry({ payload }: Signed): LogEntry | null {
  const value = parseJson(payload);
  return logEntryShape.accepts(value) ? value : null;
}

/** True iff the device that the entry names has signed it, and belongs to who the entry says it is by. */
export function isSignedBy(
  entry: LogEntry,
  signed: Signed,
  key: string,
  { roster, dependencies: tools }: SignatureJudge,
): boolean {
  if (!roster.owns(entry.by, key, entry.device)) return false;
  const opened = openSigned('group', signed, {
    key: entry.device,
    shape: logEntryShape,
    primitives: tools.primitives,
  });
  return opened !== null;
}

function authorFault(entry: LogEntry, signed: Signed, below: LogView): string | null {
  const { head } = below;
  const author = head.members.get(entry.by);
  if (author === undefined) return 'by a stranger';
  const isOfTerm = entry.op.do === 'takeover' ? entry.term > head.entry.term : entry.term === head.entry.term;
  if (!isOfTerm) return 'of another term';
  if (entry.op.do !== 'takeover' && entry.by !== head.leader) return 'not by the leader';
  return isSignedBy(entry, signed, author.key, below) ? null : 'not signed by its author';
}

type StateChange = Partial<Pick<AppliedEntry, 'members' | 'leader' | 'leadsSince' | 'policy'>>;

function apply(entry: LogEntry, below: LogView): StateChange | string {
  const { op } = entry;
  switch (op.do) {
    case 'create':
      return 'a second beginning';
    case 'add':
      return applyAdd(entry, op, below);
    case 'remove':
      return applyRemoval(op.user, entry, below);
    case 'leave':
      return applyLeave(entry, op, below);
    case 'policy':
      return { policy: op.policy };
    case 'takeover':
      return applyTakeover(entry, op, below);
    default:
      return assertNever(op);
  }
}

type OpOf<D extends EntryOp['do']> = Extract<EntryOp, { do: D }>;

function applyAdd(entry: LogEntry, op: OpOf<'add'>, below: LogView): StateChange | string {
  const { members } = below.head;
  if (members.has(op.user)) return 'added twice';
  if (members.size >= LIMITS.groupMembersMax) return 'the group is full';
  const papers = below.dependencies.readRecord(op.record);
  if (papers?.name !== op.user) return 'a record of somebody else';
  const fault = below.isTrusted ? null : below.consentFault(op.user, op.consent, papers.devices);
  if (fault !== null) return fault;
  const by = objectId('consent', op.consent.payload, below.dependencies.primitives);
  const member: Member = { user: op.user, key: papers.key, since: entry.index, admissionId: by };
  return { members: new Map([...members, [op.user, member]]) };
}

function applyLeave(entry: LogEntry, op: OpOf<'leave'>, below: LogView): StateChange | string {
  const member = below.head.members.get(op.user);
  const said = openStatement('leave', op.statement, below.dependencies.primitives);
  if (!member || said === null || said.by !== op.user || said.group !== below.group) return 'nobody said so';
  if (said.member !== member.admissionId) return 'said at another time';
  const isTheirs = below.isTrusted || below.roster.owns(op.user, member.key, said.device);
  return isTheirs ? applyRemoval(op.user, entry, below) : 'said by a foreign device';
}

function applyRemoval(user: string, entry: LogEntry, { head }: LogView): StateChange | string {
  if (!head.members.has(user)) return 'no member';
  if (user === entry.by) return 'a leader cannot go before another leads';
  const members = new Map(head.members);
  members.delete(user);
  return { members };
}

/** SPEC GROUP-3, GROUP-8. */
function applyTakeover(entry: LogEntry, op: OpOf<'takeover'>, below: LogView): StateChange | string {
  const change: StateChange = { leader: entry.by, leadsSince: entry.index };
  if (below.isTrusted) return change;
  const voters = new Set<string>();
  for (const signed of op.votes) {
    const vote = openStatement('vote', signed, below.dependencies.primitives);
    if (vote === null || vote.group !== below.group || vote.term !== entry.term) return 'a vote for something else';
    if (vote.candidate !== entry.by || !isSamePosition(vote.head, positionOf(below.head)))
      return 'a vote for somebody else';
    if (!mayVote(vote.by, vote.device, below)) return 'a vote of a stranger';
    voters.add(vote.by);
  }
  return below.isQuorum(voters) ? change : 'too few votes';
}

/** A voter may have been removed by the candidate's newest entries: their vote counts in the older configurations. */
function mayVote(user: string, device: string, below: LogView): boolean {
  for (let at: AppliedEntry | null = below.head; at !== null; at = below.at(at.entry.index - 1)) {
    const key = at.members.get(user)?.key;
    if (key !== undefined) return below.roster.owns(user, key, device);
  }
  return false;
}

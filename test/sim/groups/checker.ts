// Checks the rules of a simulated group after every input, from outside the machines: it keeps its own records of
// consents, signatures and ratified entries.

import type { GroupEffect } from '../../../protocols/groups/member/member-io.js';
import type { GroupMember } from '../../../protocols/groups/member/group-member.js';
import type { Cut, LogEntry } from '../../../protocols/groups/entry.js';
import { peekStatement } from '../../../protocols/groups/statements.js';
import type { AppliedEntry } from '../../../protocols/groups/log/applied-entry.js';
import type { StoredGroupMessage } from '../../../protocols/groups/member/group-store.js';
import { identityOf, type MemberProcess } from './member-process.js';

/** What the checker has seen at one member. */
interface Seen {
  ratified: string[];
  /** For each user that an entry at this member removed: the admission id of the ended membership. */
  readonly removed: Map<string, string>;
  head: string;
}

export class GroupChecker {
  readonly consents = new Map<string, string>();
  /** The messages whose send was confirmed by `done`, by id. */
  readonly promised = new Map<string, { by: string; device: string; text: string }>();
  readonly byzantine = new Set<string>();
  /** The devices of each user, present and replaced. */
  readonly devices = new Map<string, Set<string>>();
  readonly warned = new Set<string>();
  /** Two entries were ratified at one index. Only a byzantine leader can cause that. */
  isSplit = false;
  private readonly ratified = new Map<number, string>();
  private readonly votes = new Map<string, string>();
  private readonly lastVote = new Map<string, number>();
  private readonly adopted = new Map<string, string>();
  private readonly shown = new Set<string>();
  private readonly seen = new Map<string, Seen>();

  constructor(private readonly fail: (violation: string) => void) {}

  check(process: MemberProcess, effects: readonly GroupEffect[]): void {
    if (this.byzantine.has(process.user) || process.member === null) return;
    const { member } = process;
    for (const effect of effects) this.checkEffect(process, member, effect);
    this.checkLog(process, member);
  }

  private checkEffect(process: MemberProcess, member: GroupMember, effect: GroupEffect): void {
    if (effect.type === 'send') this.checkSent(process, member, effect);
    if (effect.type === 'show') this.checkShown(process, member, effect.message);
    if (effect.type === 'warn') this.warned.add(effect.code);
    if (effect.type === 'done' && effect.id !== null) this.recordPromise(process, effect.id);
  }

  private recordPromise(process: MemberProcess, id: string): void {
    const stored = process.store
      .messagesFrom(process.device.publicKey, 0, 1_000_000)
      .find((message) => message.id === id);
    if (!stored) return this.fail(`[GROUP-34] ${process.user} confirmed the message ${id} and has not stored it`);
    this.promised.set(id, { by: process.user, device: stored.device, text: stored.text });
  }

  /** SPEC GROUP-22, GROUP-7, GROUP-16. */
  private checkSent(
    process: MemberProcess,
    member: GroupMember,
    { to, body }: Extract<GroupEffect, { type: 'send' }>,
  ): void {
    const isPeer = isMember(member, to);
    const until = lastReadableIndex(member, to);
    const isEnd = body.type === 'entries' && body.from + body.entries.length - 1 <= until;
    const isVoting = body.type === 'vote_request' || body.type === 'statement' || member.me === null;
    if (member.log.members.get(to)?.key !== identityOf(to) && member.log.members.has(to))
      this.fail(`[GROUP-44] ${process.user} sends ${body.type} to ${to}, who is another person`);
    if (!isPeer && !isEnd && !isVoting)
      this.fail(`[GROUP-22] ${process.user} sends ${body.type} to ${to}, a non-member`);
    if (body.type !== 'statement') return;
    if (body.statement === 'vote') this.checkVote(process.user, body.signed);
    if (body.statement === 'adopted') this.checkAdopted(process.user, body.signed);
  }

  private checkVote(user: string, signed: Parameters<typeof peekStatement>[1]): void {
    const vote = peekStatement('vote', signed);
    if (vote?.by !== user) return;
    const slot = `${user} ${vote.term}`;
    const before = this.votes.get(slot);
    if (before !== undefined && before !== vote.candidate) {
      this.fail(`[GROUP-16] ${user} voted for ${before} and ${vote.candidate} in term ${vote.term}`);
    }
    this.votes.set(slot, vote.candidate);
    this.lastVote.set(user, Math.max(vote.term, this.lastVote.get(user) ?? 0));
  }

  private checkAdopted(user: string, signed: Parameters<typeof peekStatement>[1]): void {
    const adopted = peekStatement('adopted', signed);
    if (adopted?.by !== user) return;
    const voted = this.lastVote.get(user) ?? 0;
    if (adopted.term < voted)
      this.fail(`[GROUP-7] ${user} adopts an entry of term ${adopted.term} after a vote in ${voted}`);
    const slot = `${user} ${adopted.term} ${adopted.index}`;
    const before = this.adopted.get(slot);
    if (before !== undefined && before !== adopted.hash) this.fail(`[GROUP-7] ${user} adopted two logs at ${slot}`);
    this.adopted.set(slot, adopted.hash);
  }

  /** SPEC GROUP-23, GROUP-24, GROUP-27, GROUP-44. */
  private checkShown(process: MemberProcess, member: GroupMember, message: StoredGroupMessage): void {
    const slot = `${process.user} ${message.id}`;
    if (this.shown.has(slot)) this.fail(`[GROUP-27] ${process.user} sees ${message.by}:${message.seq} twice`);
    this.shown.add(slot);
    const cut = cutOf(member, message.by, message.device);
    if (message.seq > cut)
      this.fail(`[GROUP-23] ${process.user} sees ${message.by}:${message.seq}, beyond the cut ${cut}`);
    const isOfUser = this.devices.get(message.by)?.has(message.device) === true;
    if (isOfUser !== (message.key === identityOf(message.by)))
      this.fail(`[GROUP-44] ${process.user} sees ${message.text} as a message of ${message.by}`);
    this.checkDevice(process, member, message);
  }

  /** SPEC GROUP-47, GROUP-49. Only a thief writes texts that begin with `stolen`. */
  private checkDevice({ user }: MemberProcess, { log }: GroupMember, message: StoredGroupMessage): void {
    const { by, device, seq, text } = message;
    const limit = limitOf(log, message);
    if (seq > limit) this.fail(`[GROUP-47] ${user} sees ${by}:${seq} of a replaced device, beyond the cut ${limit}`);
    const member = log.members.get(by);
    const newest = member && log.roster.newest(by, member.key);
    const isKnownReplaced = newest && newest.version > member.version && !newest.devices.has(device);
    if (text.startsWith('stolen') && isKnownReplaced)
      this.fail(`[GROUP-49] ${user} sees ${text} and knows that the device is replaced`);
  }

  private checkLog(process: MemberProcess, member: GroupMember): void {
    const { log } = member;
    const seen = this.seen.get(process.user) ?? { ratified: [], removed: new Map<string, string>(), head: '' };
    this.seen.set(process.user, seen);
    for (let index = 0; index < seen.ratified.length; index += 1) {
      if (log.at(index)?.id !== seen.ratified[index])
        return this.fail(`[GROUP-10] ${process.user} replaced entry ${index}`);
    }
    if (log.ratified < seen.ratified.length - 1) this.fail(`[GROUP-10] ${process.user} lost a ratified entry`);
    for (let index = seen.ratified.length; index <= log.ratified; index += 1) {
      const id = log.at(index)?.id ?? '';
      seen.ratified.push(id);
      this.checkRatified(process.user, index, id);
    }
    this.checkRemovals(process.user, member, seen);
    if (log.head.id === seen.head) return;
    seen.head = log.head.id;
    for (const applied of log.entriesFrom(1)) this.checkConsent(process.user, member, applied);
  }

  private checkRatified(user: string, index: number, id: string): void {
    const other = this.ratified.get(index);
    this.ratified.set(index, other ?? id);
    if (other === undefined || other === id) return;
    if (this.byzantine.size > 0) this.isSplit = true;
    else this.fail(`[GROUP-6] two entries are ratified at ${index}: ${user} has another entry`);
  }

  /** SPEC GROUP-2, GROUP-42. */
  private checkConsent(user: string, { log }: GroupMember, { entry }: AppliedEntry): void {
    if (entry.op.do !== 'add') return;
    if (entry.op.key !== identityOf(entry.op.user) && !this.byzantine.has(entry.by))
      return this.fail(`[GROUP-42] ${entry.by} added ${entry.op.user} with a made-up key`);
    const consent = peekStatement('consent', entry.op.consent);
    const signer = this.consents.get(entry.op.consent.payload);
    if (signer !== entry.op.user && !this.byzantine.has(entry.op.user)) {
      return this.fail(`[GROUP-2] ${user} has the member ${entry.op.user}, who never consented`);
    }
    const after = log
      .entriesFrom((consent?.head.index ?? 0) + 1)
      .filter((applied) => applied.entry.index < entry.index);
    for (const {
      entry: { op },
    } of after) {
      const isEnd = (op.do === 'remove' || op.do === 'leave') && op.user === entry.op.user;
      if (isEnd) this.fail(`[GROUP-2] ${user} accepts a consent of ${entry.op.user} that is older than a removal`);
    }
  }

  /** SPEC GROUP-13. */
  private checkRemovals(user: string, member: GroupMember, { removed }: Seen): void {
    const { log } = member;
    for (const [other, admissionId] of removed) {
      const current = log.members.get(other);
      if (current === undefined) continue;
      if (current.admissionId !== admissionId || log.head.leader === other) removed.delete(other);
      else if (member.isPeer(other)) {
        this.fail(`[GROUP-13] ${user} has the peer ${other} again, who was removed`);
        removed.delete(other);
      }
    }
    const { op } = log.head.entry;
    const before = log.at(log.head.entry.index - 1)?.members.get(op.do === 'remove' ? op.user : '');
    if (before && op.do === 'remove' && op.user !== user && log.head.entry.by !== user)
      removed.set(op.user, before.admissionId);
  }
}

/** Listed in the log, and without a leave statement. */
function isMember({ log, memory }: GroupMember, user: string): boolean {
  const member = log.members.get(user);
  if (member === undefined) return false;
  return !memory.farewells.some((signed) => {
    const leave = peekStatement('leave', signed);
    return leave?.by === user && leave.member === member.admissionId;
  });
}

/** The last index that a former member may learn: its end, or the entry that orphaned its start; -1 if none. */
function lastReadableIndex({ log, memory }: Pick<GroupMember, 'log' | 'memory'>, user: string): number {
  const orphan = memory.orphans.find(({ signed }) => {
    const { op } = JSON.parse(signed.payload) as { op: { do: string; user?: string } };
    return op.do === 'add' && op.user === user;
  });
  if (orphan) return orphan.fork + 1;
  const end = log.entriesFrom(0).reduce((last, { entry: { op, index } }) => {
    return (op.do === 'remove' || op.do === 'leave') && op.user === user ? index : last;
  }, -1);
  return end === -1 ? end : Math.max(end, confirmingTakeover(log, end));
}

/** The first takeover after `end` that confirms entries of a replaced device up to there; -1 if none is needed. */
function confirmingTakeover(log: GroupMember['log'], end: number): number {
  const needed = log.entriesFrom(0).slice(0, end + 1);
  const isReplaced = ({ entry }: (typeof needed)[number]): boolean =>
    log.isReplaced(entry.by, entry.device, entry.index - 1);
  const hasReplaced = needed.some((applied) => isReplaced(applied) || applied.entry.op.do === 'takeover');
  const later = log.entriesFrom(end + 1).find((applied) => applied.entry.op.do === 'takeover' && !isReplaced(applied));
  return hasReplaced ? (later?.entry.index ?? -1) : -1;
}

/**
 * The last valid number of a device: the highest that one of the memberships of its user allows. Within a membership
 * the first `devices` entry without the device limits it, and then the end of the membership.
 */
function limitOf(log: GroupMember['log'], { by, key, device }: StoredGroupMessage): number {
  const first = log.roster.firstVersion(by, key, device) ?? 0;
  let [ended, present] = [0, 0];
  for (const { entry, members } of log.entriesFrom(0)) {
    const { op } = entry;
    const member = members.get(by);
    const isOfUser = op.do === 'create' ? entry.by === by : 'user' in op && op.user === by;
    if (!isOfUser || (member && member.key !== key)) continue;
    const isListed = member && (member.devices.has(device) || first > member.version);
    if (op.do === 'create' || op.do === 'add') present = isListed ? Infinity : 0;
    if (op.do === 'devices' && isListed) present = Infinity;
    else if (op.do === 'devices' && present === Infinity) present = numberIn(op.cut, device);
    if (op.do !== 'remove' && op.do !== 'leave') continue;
    ended = Math.max(ended, Math.min(present, numberIn(endCut(op), device)));
    present = 0;
  }
  return Math.max(ended, present);
}

type EndOp = Extract<LogEntry['op'], { do: 'remove' | 'leave' }>;

function endCut(op: EndOp): Cut {
  return op.do === 'remove' ? op.cut : (peekStatement('leave', op.statement)?.cut ?? []);
}

function numberIn(cut: Cut, device: string): number {
  return cut.find((each) => each.device === device)?.seq ?? 0;
}

/** The cut of a device by the log; Infinity for a current member. */
function cutOf({ log }: GroupMember, user: string, device: string): number {
  if (log.members.has(user)) return Infinity;
  const ends = log.entriesFrom(0).flatMap(({ entry: { op } }) => {
    return (op.do === 'remove' || op.do === 'leave') && op.user === user ? numberIn(endCut(op), device) : [];
  });
  return Math.max(0, ...ends);
}

// The commands about groups that exist (docs/contract.md): lists, joining and inviting, decisions, evidence.

import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../../protocols/kit/refusals.js';
import { objectId, type Signed } from '../../../protocols/kit/signed.js';
import type { GroupSummary } from '../../../protocols/control/commands/groups.js';
import type { MemberCommand } from '../../../protocols/groups/member/member-io.js';
import { evidenceText } from '../../../protocols/groups/log/evidence.js';
import { isoTime, type Context } from '../core/context.js';
import { ofGroup } from '../core/conversation-id.js';
import type { CommandOf, Part } from '../core/part.js';
import type { Unread } from '../conversations/unread.js';
import type { People } from '../identity/people.js';
import type { PinnedKeys } from '../identity/pinned-keys.js';
import type { Admission } from './admission/admission.js';
import type { Groups } from './groups.js';
import type { PublicGroups } from './public-groups.js';
import type { RunningGroup, RunningGroups } from './running-groups.js';

interface Dependencies {
  readonly people: People;
  readonly pinnedKeys: PinnedKeys;
  readonly unread: Unread;
  readonly running: RunningGroups;
  readonly groups: Groups;
  readonly admission: Admission;
  readonly publicGroups: PublicGroups;
}

export class GroupCommands implements Part {
  readonly commands = {
    groups: (ref: number) => this.list(ref),
    members: (ref: number, { group }: CommandOf<'members'>) => this.members(ref, group),
    group: (ref: number, { group }: CommandOf<'group'>) => this.enter(ref, group),
    join_group: (ref: number, { group }: CommandOf<'join_group'>) => this.join(ref, group),
    invite: (ref: number, command: CommandOf<'invite'>) => this.invite(ref, command),
    evidence: (ref: number, { group }: CommandOf<'evidence'>) => this.evidence(ref, group),
    leave_group: (ref: number, { group, byVote }: CommandOf<'leave_group'>) =>
      this.decide(ref, group, { type: 'leave', byVote }, () => this.context.succeed(ref, 'leave_group', { group })),
    remove_member: (ref: number, { group, user }: CommandOf<'remove_member'>) =>
      this.decide(ref, group, { type: 'remove', user }, () =>
        this.context.succeed(ref, 'remove_member', { group, user }),
      ),
    transfer: (ref: number, { group, user }: CommandOf<'transfer'>) =>
      this.decide(ref, group, { type: 'transfer', user }, () => this.context.succeed(ref, 'transfer', { group, user })),
    broadcast: (ref: number, command: CommandOf<'broadcast'>) => this.broadcast(ref, command),
  };

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {}

  /** Gives the group's machine a command; `then` gets the id it made, '' where it made none. */
  private decide(ref: number, group: string, command: MemberCommand, then: (id: string) => void): void {
    const running = this.ours(group);
    if (running instanceof Refusal) return this.context.refuse(ref, running);
    this.parts.groups.command(running, command, (outcome) => {
      if (outcome instanceof Refusal) this.context.refuse(ref, outcome);
      else then(outcome ?? '');
    });
  }

  /** Without other members no message is delivered, so none is sent. */
  private broadcast(ref: number, { group, text }: CommandOf<'broadcast'>): void {
    const running = this.ours(group);
    if (!(running instanceof Refusal) && running.member.log.members.size === 1)
      return this.context.refuseWith(ref, 'GROUP_ALONE', group);
    this.decide(ref, group, { type: 'broadcast', text }, (id) =>
      this.context.succeed(ref, 'broadcast', { id, state: 'queued' }),
    );
  }

  private list(ref: number): void {
    const ours = this.parts.running.all().filter(({ member }) => member.me !== null);
    const summaries = ours.map((running) => this.summary(running));
    const known = new Set(ours.map(({ id }) => id));
    this.parts.publicGroups.list((listed) => {
      const others = listed
        .filter(({ group }) => !known.has(group))
        .map(({ name, leader, members }) => {
          return { group: name, public: true, leader, members: members.length, mine: false, unread: 0 };
        });
      this.context.succeed(ref, 'groups', { groups: [...summaries, ...others] });
    });
  }

  private summary({ id, name, isPublic, member }: RunningGroup): GroupSummary {
    const { members, head } = member.log;
    const unread = this.parts.unread.count(ofGroup(id));
    const { leader } = head;
    const otherKey = this.parts.pinnedKeys.otherKey(leader, members.get(leader)?.key ?? '');
    const summary = { group: name, public: isPublic, leader, members: members.size, mine: true, unread };
    return otherKey === null || !members.has(leader) ? summary : { ...summary, otherKey };
  }

  private members(ref: number, group: string): void {
    const running = this.parts.running.named(group);
    if (running) return this.context.succeed(ref, 'members', this.describe(running));
    this.parts.publicGroups.find(group, (found) => {
      if (found instanceof Refusal) return this.context.refuse(ref, unknown(found, group));
      const { leader, members, head } = found;
      const nothing = { since: isoTime(0), term: head.term, pending: [], forks: [] };
      this.context.succeed(ref, 'members', { group, leader, members: [...members], ...nothing });
    });
  }

  private describe({ name: group, member }: RunningGroup) {
    const { log, memory } = member;
    const { head } = log;
    const pending = log.entriesFrom(log.ratified + 1).map(({ entry: { op, by } }) => {
      return { does: op.do, user: 'user' in op ? op.user : by };
    });
    const hash = (signed: Signed): string => objectId('group', signed.payload, this.context.primitives);
    const forks = memory.forks.map(([mine, theirs]) => ({ mine: hash(mine), theirs: hash(theirs) }));
    const since = isoTime(log.at(head.leadsSince)?.entry.at ?? 0);
    const members = [...log.members.keys()];
    const others = this.parts.pinnedKeys.othersAmong(log.members.values());
    const described = { group, leader: head.leader, members, since, term: log.term, pending, forks };
    return others.length === 0 ? described : { ...described, others };
  }

  private enter(ref: number, group: string): void {
    const running = this.ours(group);
    if (running instanceof Refusal) return this.context.refuse(ref, running);
    const unread = this.parts.unread.enter(ofGroup(running.id));
    this.context.succeed(ref, 'group', { group, members: running.member.log.members.size, unread });
  }

  private join(ref: number, group: string): void {
    const running = this.parts.running.named(group);
    if (running && running.member.me !== null)
      return this.context.refuseWith(ref, 'MEMBER_ALREADY', this.context.me.name);
    this.parts.publicGroups.find(group, (found) => {
      if (found instanceof Refusal) return this.context.refuse(ref, unknown(found, group));
      if (found.policy.join === 'closed') return this.context.refuseWith(ref, 'GROUP_CLOSED', group);
      if (found.members.length >= LIMITS.groupMembersMax) return this.context.refuseWith(ref, 'GROUP_FULL', group);
      const to = [found.leader, ...found.deputies].slice(0, ASKED_MAX);
      const { index, hash } = found.head;
      this.parts.admission.requestJoin(found.group, group, { head: { index, hash }, to });
      this.context.succeed(ref, 'join_group', { group, asked: found.leader });
    });
  }

  private invite(ref: number, { group, user }: CommandOf<'invite'>): void {
    const running = this.ours(group);
    if (running instanceof Refusal) return this.context.refuse(ref, running);
    const refusal = this.whyNotInvite(running, user);
    if (refusal) return this.context.refuse(ref, refusal);
    const { people, pinnedKeys, admission } = this.parts;
    pinnedKeys.pin([user], (away) => {
      const key = pinnedKeys.of(user);
      if (key === null) return this.context.refuse(ref, away ?? new Refusal('USER_UNKNOWN', user));
      if (people.get(user)?.claimed) return this.context.refuseWith(ref, 'KEY_CHANGED', user);
      admission.invite(running, { user, key });
      this.context.succeed(ref, 'invite', { group, user });
    });
  }

  private whyNotInvite({ name, member }: RunningGroup, user: string): Refusal | null {
    const refusal = member.whyNotLead();
    if (refusal) return refusal;
    if (user === this.context.me.name) return new Refusal('SELF');
    if (member.log.members.has(user)) return new Refusal('MEMBER_ALREADY', user);
    return member.log.members.size >= LIMITS.groupMembersMax ? new Refusal('GROUP_FULL', name) : null;
  }

  /** Gives the text of the evidence as `path`; the program around the engine writes the file. */
  private evidence(ref: number, group: string): void {
    const running = this.parts.running.named(group);
    if (!running) return this.context.refuseWith(ref, 'GROUP_UNKNOWN', group);
    const { log, proofs, memory } = running.member;
    const text = evidenceText({ log, proofs, forks: memory.forks });
    if (text === null) return this.context.refuseWith(ref, 'NO_EVIDENCE', group);
    this.context.succeed(ref, 'evidence', { group, path: text, liar: null, fingerprint: null });
  }

  /** The group of this name, if we are a member. */
  private ours(name: string): Outcome<RunningGroup> {
    const running = this.parts.running.named(name);
    if (!running) return new Refusal('GROUP_UNKNOWN', name);
    return running.member.me === null ? new Refusal('NOT_MEMBER', name) : running;
  }
}

/** The leader and the first deputies are asked. */
const ASKED_MAX = 3;

function unknown(refusal: Refusal, group: string): Refusal {
  return refusal.code === 'NOT_FOUND' ? new Refusal('GROUP_UNKNOWN', group) : refusal;
}

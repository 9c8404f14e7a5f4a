// The commands about groups (docs/contract.md): each is answered once, with what it gives or why it is refused.

import { toBase64url } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { assertNever } from '../../../protocols/kit/machine.js';
import { Refusal, type Outcome } from '../../../protocols/kit/refusals.js';
import { objectId, signObject, type Signed } from '../../../protocols/kit/signed.js';
import type { GroupCommand, GroupSummary } from '../../../protocols/control/commands/groups.js';
import type { OutboxMessage } from '../../../protocols/control/commands/messages.js';
import type { LogEntry, GroupPolicy } from '../../../protocols/groups/entry.js';
import type { MemberCommand } from '../../../protocols/groups/member/member-io.js';
import { evidenceText } from '../../../protocols/groups/log/evidence.js';
import { isoTime, type Context } from '../core/context.js';
import { groupPeer } from '../core/store.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { Reading } from '../conversations/reading.js';
import type { People } from '../identity/people.js';
import type { Admission } from './admission.js';
import type { Groups, RunningGroup } from './groups.js';
import type { PublicGroups } from './public-groups.js';

interface Parts {
  readonly people: People;
  readonly reading: Reading;
  readonly record: OwnRecord;
  readonly groups: Groups;
  readonly admission: Admission;
  readonly publicGroups: PublicGroups;
}

type Of<D extends GroupCommand['type']> = Extract<GroupCommand, { type: D }>;

interface Founding {
  readonly name: string;
  readonly isPublic: boolean;
  readonly history: Of<'create_group'>['history'];
}

export class GroupCommands {
  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {}

  carryOut(ref: number, command: GroupCommand): void {
    switch (command.type) {
      case 'create_group':
        return this.create(ref, command);
      case 'groups':
        return this.list(ref);
      case 'members':
        return this.members(ref, command.group);
      case 'group':
        return this.enter(ref, command.group);
      case 'join_group':
        return this.join(ref, command.group);
      case 'invite':
        return this.invite(ref, command);
      case 'evidence':
        return this.evidence(ref, command);
      default:
        return this.decide(ref, command);
    }
  }

  /** Messages of mine to groups that have not arrived everywhere. */
  waiting(): OutboxMessage[] {
    return this.parts.groups.all().flatMap(({ name, member }) =>
      member.undeliveredMessages.map(({ id, text, at, state }) => {
        const common = { id, to: name, text, at: isoTime(at), nextTry: null, why: null };
        return { ...common, state: state === 'held' ? ('held' as const) : ('queued' as const) };
      }),
    );
  }

  private decide(ref: number, command: Of<'leave_group' | 'remove_member' | 'transfer' | 'broadcast'>): void {
    const { group } = command;
    const running = this.mine(group);
    if (running instanceof Refusal) return this.context.refuse(ref, running);
    switch (command.type) {
      case 'leave_group':
        return this.act(ref, running, { type: 'leave', byVote: command.byVote }, () => {
          this.context.succeed(ref, 'leave_group', { group });
        });
      case 'remove_member':
        return this.act(ref, running, { type: 'remove', user: command.user }, () => {
          this.context.succeed(ref, 'remove_member', { group, user: command.user });
        });
      case 'transfer':
        return this.act(ref, running, { type: 'transfer', user: command.user }, () => {
          this.context.succeed(ref, 'transfer', { group, user: command.user });
        });
      case 'broadcast':
        return this.act(ref, running, { type: 'broadcast', text: command.text }, (id) => {
          this.context.succeed(ref, 'broadcast', { id, state: 'queued' });
        });
      default:
        return assertNever(command);
    }
  }

  private act(ref: number, running: RunningGroup, act: MemberCommand, then: (id: string) => void): void {
    this.parts.groups.act(running, act, (outcome: Outcome<string | null>) => {
      if (outcome instanceof Refusal) this.context.refuse(ref, outcome);
      else then(outcome ?? '');
    });
  }

  /** A public group is made once its name is ours; the draft outlives a crash between the two. */
  private create(ref: number, { group: name, isPublic, history }: Of<'create_group'>): void {
    const refusal = this.whyNotNew(name, isPublic);
    if (refusal) return this.context.refuse(ref, refusal);
    const draft = `group draft ${name}`;
    const kept = isPublic ? this.context.store.setting(draft) : null;
    const first = kept ? (JSON.parse(kept) as Signed) : this.write({ name, isPublic, history });
    if (!isPublic) return this.created(ref, name, { first, isPublic });
    this.context.store.putSetting(draft, JSON.stringify(first));
    this.parts.publicGroups.claim(name, first, (no) => {
      // Only where nobody answered may the name be ours by now.
      if (no?.code !== 'SERVER_AWAY') this.context.store.putSetting(draft, '');
      if (no) return this.context.refuse(ref, no);
      this.created(ref, name, { first, isPublic });
    });
  }

  private created(ref: number, group: string, { first, isPublic }: { first: Signed; isPublic: boolean }): void {
    const again = this.whyNotNew(group, isPublic);
    if (again) return this.context.refuse(ref, again);
    const old = this.parts.groups.named(group);
    this.parts.groups.found(objectId('group', first.payload, this.context.primitives), first);
    if (old?.member.mayRefound) this.parts.groups.act(old, { type: 'leave', byVote: false }, () => undefined);
    this.context.succeed(ref, 'create_group', { group, public: isPublic });
  }

  /** A group whose leader is gone, and that has nobody to vote, is founded again: the new one cites it. */
  private write({ name, isPublic, history }: Founding): Signed {
    const { me, now, random, primitives } = this.context;
    // What is public anyway may be seen by newcomers too; what is private was said to those who were there.
    const policy: GroupPolicy = { deputies: [], history: history ?? (isPublic ? 'all' : 'none'), join: 'ask' };
    const nonce = toBase64url(random.bytes(16));
    const record = this.parts.record.signed;
    const old = this.parts.groups.named(name);
    const cites = old?.member.mayRefound ? { group: old.id, head: old.member.log.head.id } : null;
    const op = { do: 'create' as const, name, public: isPublic, nonce, record, policy, cites };
    const place = { group: null, index: 0, previous: null, term: 0 };
    const entry: LogEntry = { ...place, op, at: now, by: me.name, device: me.device.publicKey };
    return signObject('group', entry, me.device, primitives);
  }

  private whyNotNew(name: string, isPublic: boolean): Refusal | null {
    const known = this.parts.groups.named(name);
    const isAnew = known?.member.mayRefound === true && !isPublic;
    if (known && known.member.me !== null && !isAnew) return new Refusal('GROUP_TAKEN', name);
    const mine = this.parts.groups
      .all()
      .filter(({ member, id }) => member.me !== null && (!isAnew || id !== known.id)).length;
    return mine >= LIMITS.groupsMax ? new Refusal('LIST_FULL', 'groups') : null;
  }

  private list(ref: number): void {
    const mine = this.parts.groups.all().filter(({ member }) => member.me !== null);
    const lines = mine.map((running) => this.line(running));
    const known = new Set(mine.map(({ id }) => id));
    this.parts.publicGroups.list((listed) => {
      const others = listed
        .filter(({ group }) => !known.has(group))
        .map(({ name, leader, members }) => {
          return { group: name, public: true, leader, members: members.length, mine: false, unread: 0 };
        });
      this.context.succeed(ref, 'groups', { groups: [...lines, ...others] });
    });
  }

  private line({ id, name, isPublic, member }: RunningGroup): GroupSummary {
    const { members, head } = member.log;
    const unread = this.parts.reading.unreadOf(groupPeer(id));
    return { group: name, public: isPublic, leader: head.leader, members: members.size, mine: true, unread };
  }

  private members(ref: number, group: string): void {
    const running = this.parts.groups.named(group);
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
    return { group, leader: head.leader, members, since, term: log.term, pending, forks };
  }

  private enter(ref: number, group: string): void {
    const running = this.mine(group);
    if (running instanceof Refusal) return this.context.refuse(ref, running);
    const unread = this.parts.reading.enter(groupPeer(running.id));
    this.context.succeed(ref, 'group', { group, members: running.member.log.members.size, unread });
  }

  private join(ref: number, group: string): void {
    const running = this.parts.groups.named(group);
    if (running && running.member.me !== null)
      return this.context.refuseWith(ref, 'MEMBER_ALREADY', this.context.me.name);
    this.parts.publicGroups.find(group, (found) => {
      if (found instanceof Refusal) return this.context.refuse(ref, unknown(found, group));
      if (found.policy.join === 'closed') return this.context.refuseWith(ref, 'GROUP_CLOSED', group);
      if (found.members.length >= LIMITS.groupMembersMax) return this.context.refuseWith(ref, 'GROUP_FULL', group);
      const to = [found.leader, ...found.deputies].slice(0, ASKED_MAX);
      const { index, hash } = found.head;
      this.parts.admission.wish(found.group, group, { head: { index, hash }, to });
      this.context.succeed(ref, 'join_group', { group, asked: found.leader });
    });
  }

  private invite(ref: number, { group, user }: Of<'invite'>): void {
    const running = this.mine(group);
    if (running instanceof Refusal) return this.context.refuse(ref, running);
    const refusal = this.whyNotInvite(running, user);
    if (refusal) return this.context.refuse(ref, refusal);
    this.parts.people.find([user], (found) => {
      if (found instanceof Refusal && found.code !== 'SERVER_AWAY') return this.context.refuse(ref, found);
      if (!(found instanceof Refusal) && found.length === 0) return this.context.refuseWith(ref, 'USER_UNKNOWN', user);
      this.parts.admission.invite(running, user);
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

  /** The text of the file; whoever runs the client writes it. */
  private evidence(ref: number, { group }: Of<'evidence'>): void {
    const running = this.parts.groups.named(group);
    if (!running) return this.context.refuseWith(ref, 'GROUP_UNKNOWN', group);
    const { log, proofs, memory } = running.member;
    const text = evidenceText({ log, proofs, forks: memory.forks });
    if (text === null) return this.context.refuseWith(ref, 'NO_EVIDENCE', group);
    this.context.succeed(ref, 'evidence', { group, path: text, liar: null, fingerprint: null });
  }

  /** A group I am in. */
  private mine(name: string): Outcome<RunningGroup> {
    const running = this.parts.groups.named(name);
    if (!running) return new Refusal('GROUP_UNKNOWN', name);
    return running.member.me === null ? new Refusal('NOT_MEMBER', name) : running;
  }
}

/** The leader, and who would lead after them. */
const ASKED_MAX = 3;

function unknown(refusal: Refusal, group: string): Refusal {
  return refusal.code === 'NOT_FOUND' ? new Refusal('GROUP_UNKNOWN', group) : refusal;
}

// Writes the entries of a leader (SPEC, "The log"): the commands of its user, leave statements, and orphaned entries
// that it repeats.

import type { NewestRecord } from '../../log/device-roster.js';
import type { Member } from '../../log/member-devices.js';
import { LIMITS } from '../../../kit/limits.js';
import { assertNever, type Instant } from '../../../kit/machine.js';
import { Refusal } from '../../../kit/refusals.js';
import { signObject, type Signed } from '../../../kit/signed.js';
import type { Cut, EntryOp, LogEntry } from '../../entry.js';
import { peekEntry } from '../../log/applied-entry.js';
import { batchEntries } from '../../log/entry-batches.js';
import type { LogReplication } from '../log-replication.js';
import type { MemberContext } from '../member-context.js';
import type { MemberCommand } from '../member-io.js';
import { recordsToVerify } from '../offered-records.js';

type LeaderCommand = Extract<MemberCommand, { type: 'add' | 'remove' | 'policy' }>;

/** What the leader needs to know of the messages of members. */
export interface MessagesOfMembers {
  /** The cut of a member; `besides`: without these devices. */
  cutOf(user: string, key: string, besides?: ReadonlySet<string>): Cut;
  /** True once a linked member has told its message numbers, and all its messages of these devices are here. */
  hasAllOf(user: string, isOld: (device: string) => boolean): boolean;
}

export class Leader {
  /** For each member with new devices: since when this leader knows of them. */
  private readonly renewedSince = new Map<string, Instant>();

  constructor(
    private readonly context: MemberContext,
    private readonly replication: LogReplication,
    private readonly messages: MessagesOfMembers,
  ) {}

  /** Why the command is refused, null if it is done. */
  execute(command: LeaderCommand): Refusal | null {
    const refusal = this.whyNot(command);
    if (refusal !== null) return refusal;
    switch (command.type) {
      case 'add':
        return this.add(command.user, command.record, command.consent);
      case 'remove':
        return this.remove(command.user);
      case 'policy':
        return this.write({ do: 'policy', policy: command.policy });
      default:
        return assertNever(command);
    }
  }

  /** Why the user cannot change the membership now, null if the user can. */
  whyNotLead(): Refusal | null {
    const { context } = this;
    const { name, log } = context;
    if (!context.isMember) return new Refusal('NOT_MEMBER', name);
    if (context.isFrozen) return new Refusal('GROUP_FROZEN', name);
    if (!context.isLeader) return new Refusal('NOT_LEADER', `${name}, which ${log.head.leader} leads`);
    if (!context.mayWrite) return new Refusal('GROUP_UNSETTLED', name);
    const pending = log.head.entry.index - log.ratified;
    return pending >= LIMITS.groupUnratifiedMax ? new Refusal('GROUP_UNSETTLED', name) : null;
  }

  /** Begins the new term after a won election. */
  takeOver(op: EntryOp, term: number): boolean {
    return this.write(op, term) === null;
  }

  /** Writes known leave statements and orphaned entries into the log (SPEC GROUP-13, GROUP-21). */
  writeDue(): void {
    const { context } = this;
    const { log, membership, memory, self } = context;
    if (!context.mayWrite) return;
    for (const member of [...log.members.values()]) {
      const statement = membership.leaveStatementOf(member);
      if (statement !== null && member.user !== self.user) this.write({ do: 'leave', user: member.user, statement });
    }
    for (const { signed } of [...memory.orphans]) this.repeat(signed);
    this.writeDeviceChanges();
  }

  /** When the leader writes the devices of a member that did not come online, null if there is none. */
  wakeAt(): Instant | null {
    const { silenceMs } = this.context.options;
    let earliest: Instant | null = null;
    for (const since of this.renewedSince.values()) earliest = Math.min(since + silenceMs, earliest ?? Infinity);
    return this.context.mayWrite ? earliest : null;
  }

  /** SPEC GROUP-47. */
  private writeDeviceChanges(): void {
    const { deviceChanges, membership } = this.context;
    const waiting = new Set<string>();
    for (const { member, newest } of deviceChanges) {
      if (membership.leaveStatementOf(member) !== null) continue;
      if (this.mayRenew(member.user, newest.devices)) this.renew(member, newest);
      else waiting.add(member.user);
    }
    for (const user of this.renewedSince.keys()) if (!waiting.has(user)) this.renewedSince.delete(user);
  }

  /** Waits for messages of the old devices from the member itself, so that the cut includes them. */
  private mayRenew(user: string, devices: ReadonlySet<string>): boolean {
    const { self, now, options } = this.context;
    const since = this.renewedSince.get(user) ?? now;
    this.renewedSince.set(user, since);
    if (user === self.user || now >= since + options.silenceMs) return true;
    return this.messages.hasAllOf(user, (device) => !devices.has(device));
  }

  private renew({ user, key }: Member, { signed, devices }: NewestRecord): void {
    const cut = this.messages.cutOf(user, key, devices);
    this.write({ do: 'devices', user, record: signed, cut });
  }

  /** Repeats orphaned entries that another member reports, if they are valid (SPEC GROUP-13). */
  receiveOrphans(reporter: string, orphans: readonly Signed[]): void {
    const { context } = this;
    if (!context.mayWrite) return;
    for (const signed of orphans) if (this.isValidOrphan(signed, reporter)) this.repeat(signed);
  }

  private isValidOrphan(signed: Signed, reporter: string): boolean {
    const { log, group, membership } = this.context;
    const entry = peekEntry(signed);
    if (entry === null || log.leaderOf(entry.term) !== entry.by) return false;
    // A replaced leader must not remove members by its own report.
    if (entry.op.do === 'remove' && entry.by === reporter) return false;
    if (entry.group !== group || !membership.isAuthentic(entry, signed)) return false;
    if (log.at(entry.index)?.signed.payload === signed.payload) return false;
    const fork = log.lastIndexOfTerm(entry.term, entry.index - 1);
    return entry.op.do !== 'remove' || (log.members.get(entry.op.user)?.since ?? Infinity) <= fork;
  }

  private whyNot(command: LeaderCommand): Refusal | null {
    const { log, self, name } = this.context;
    const refusal = this.whyNotLead();
    if (refusal !== null || command.type === 'policy') return refusal;
    const isMember = log.members.has(command.user);
    if (command.type === 'remove') {
      if (command.user === self.user) return new Refusal('SELF');
      return isMember ? null : new Refusal('NOT_IN_GROUP', command.user);
    }
    if (isMember) return new Refusal('MEMBER_ALREADY', command.user);
    if (!this.context.canSettle) return new Refusal('GROUP_UNSETTLED', name);
    if (!this.isOfKnownKey(command)) return new Refusal('MEMBER_KEY', command.user);
    return log.members.size >= LIMITS.groupMembersMax ? new Refusal('GROUP_FULL', name) : null;
  }

  /** SPEC GROUP-42. */
  private isOfKnownKey({ user, record }: { user: string; record: Signed }): boolean {
    const key = this.context.dependencies.readRecord(record)?.key;
    return key !== undefined && this.context.membership.isPinned(user, key);
  }

  private add(user: string, record: Signed, consent: Signed): Refusal | null {
    const key = this.context.dependencies.readRecord(record)?.key ?? '';
    const refusal = this.write({ do: 'add', user, key, record, consent });
    if (refusal !== null) return refusal;
    const { log, ratification } = this.context;
    for (const body of batchEntries(log, 0, ratification.allProofs)) this.context.send(user, body, true);
    return null;
  }

  private remove(user: string): Refusal | null {
    return this.write({
      do: 'remove',
      user,
      cut: this.messages.cutOf(user, this.context.log.members.get(user)?.key ?? ''),
    });
  }

  private repeat(signed: Signed): void {
    const op = peekEntry(signed)?.op;
    const { log, self, membership } = this.context;
    const { members } = log;
    if (op?.do === 'remove' && op.user !== self.user && members.has(op.user)) this.write(op);
    if (op?.do !== 'add' || members.has(op.user) || members.size >= LIMITS.groupMembersMax) return;
    if (membership.isPinned(op.user, op.key)) this.write(op);
  }

  private write(op: EntryOp, term: number = this.context.log.term): Refusal | null {
    const { context } = this;
    const { log, self, now: at } = context;
    const { index, hash: previous } = log.position;
    const author = { by: self.user, device: self.device.publicKey };
    const entry: LogEntry = { group: log.group, index: index + 1, previous, term, op, at, ...author };
    const signed = signObject('group', entry, self.device, context.dependencies.primitives);
    const fault = this.replication.append(signed);
    if (fault !== null) return new Refusal('GROUP_REFUSES', `${context.name}: ${fault}`);
    this.replication.sign();
    this.distribute(op, signed, index + 1);
    context.emit({ type: 'changed' });
    return null;
  }

  /** The entry that ends a membership is the last one that the former member gets (SPEC GROUP-22). */
  private distribute(op: EntryOp, signed: Signed, from: number): void {
    const { context } = this;
    const proofs = op.do === 'takeover' ? context.ratification.proofsSince(0).slice(-1) : [];
    // A cut can name a device that came and went without the knowledge of the other members.
    const records = recordsToVerify(context, [signed], proofs);
    for (const body of batchEntries(context.log, from, proofs, { records, upTo: from })) {
      context.broadcast(body);
      if (op.do === 'remove' || op.do === 'leave') context.send(op.user, body, true);
    }
  }
}

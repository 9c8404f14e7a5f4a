// What a leader writes (SPEC, "The log"), and what it is refused for.

import { LIMITS } from '../../../kit/limits.js';
import { assertNever } from '../../../kit/machine.js';
import { Refusal } from '../../../kit/refusals.js';
import { signObject, type Signed } from '../../../kit/signed.js';
import type { Cut, LogEntry, EntryOp } from '../../entry.js';
import type { GroupFrameBody } from '../../frames.js';
import { peekEntry } from '../../log/applied-entry.js';
import { batchEntries } from '../../log/entry-batches.js';
import type { MemberContext, MemberCommand } from '../member-io.js';
import type { LogReplication } from '../log-replication.js';

type LeaderCommand = Extract<MemberCommand, { type: 'add' | 'remove' | 'policy' }>;

export class Leader {
  constructor(
    private readonly context: MemberContext,
    private readonly replication: LogReplication,
    private readonly cutOf: (user: string, key: string) => Cut,
  ) {}

  /** Null where it is done, else why not. */
  execute(deed: LeaderCommand): Refusal | null {
    const refusal = this.whyNot(deed);
    if (refusal !== null) return refusal;
    switch (deed.type) {
      case 'add':
        return this.add(deed.user, deed.record, deed.consent);
      case 'remove':
        return this.remove(deed.user);
      case 'policy':
        return this.write({ do: 'policy', policy: deed.policy });
      default:
        return assertNever(deed);
    }
  }

  /** Why I cannot decide about members now; null if I can. */
  whyNotLead(): Refusal | null {
    const { context: desk } = this;
    const { name } = desk;
    if (desk.me === null) return new Refusal('NOT_MEMBER', name);
    if (desk.isFrozen) return new Refusal('GROUP_FROZEN', name);
    if (!desk.isLeader) return new Refusal('NOT_LEADER', `${name}, which ${desk.log.head.leader} leads`);
    if (!desk.mayWrite) return new Refusal('GROUP_UNSETTLED', name);
    const pending = desk.log.head.entry.index - desk.log.ratified;
    return pending >= LIMITS.groupUnratifiedMax ? new Refusal('GROUP_UNSETTLED', name) : null;
  }

  /** I have the votes: my term begins. */
  takeOver(op: EntryOp, term: number): boolean {
    return this.write(op, term) === null;
  }

  /** What a leader writes down by itself: who left, what a takeover left out (SPEC GROUP-13, GROUP-21). */
  writeDue(): void {
    const { context: desk } = this;
    if (!desk.mayWrite) return;
    for (const member of [...desk.log.members.values()]) {
      const statement = desk.leaveStatementOf(member);
      if (statement !== null && member.user !== desk.self.user)
        this.write({ do: 'leave', user: member.user, statement });
    }
    for (const { signed } of [...desk.memory.orphans]) this.repeat(signed);
  }

  /** Another member reports entries that a takeover left out of their row. */
  receiveOrphans(reporter: string, orphans: readonly Signed[]): void {
    const { context: desk } = this;
    if (!desk.mayWrite) return;
    for (const signed of orphans) {
      const entry = peekEntry(signed);
      // A leader that was voted out must not go on ruling by itself, in the name of what it had decided before.
      if (entry === null || desk.log.leaderOf(entry.term) !== entry.by) continue;
      if (entry.op.do === 'remove' && entry.by === reporter) continue;
      if (entry.group !== desk.group || !desk.isAuthentic(entry, signed)) continue;
      const fork = desk.log.lastIndexOfTerm(entry.term, entry.index - 1);
      if (desk.log.at(entry.index)?.signed.payload === signed.payload) continue;
      if (entry.op.do === 'remove' && (desk.log.members.get(entry.op.user)?.since ?? Infinity) > fork) continue;
      this.repeat(signed);
    }
  }

  private whyNot(deed: LeaderCommand): Refusal | null {
    const { context: desk } = this;
    const refusal = this.whyNotLead();
    if (refusal !== null || deed.type === 'policy') return refusal;
    const member = desk.log.members.get(deed.user);
    if (deed.type === 'remove') {
      if (deed.user === desk.self.user) return new Refusal('SELF');
      return member === undefined ? new Refusal('NOT_IN_GROUP', deed.user) : null;
    }
    if (member !== undefined) return new Refusal('MEMBER_ALREADY', deed.user);
    return desk.log.members.size >= LIMITS.groupMembersMax ? new Refusal('GROUP_FULL', this.context.name) : null;
  }

  private add(user: string, record: Signed, consent: Signed): Refusal | null {
    const refusal = this.write({ do: 'add', user, record, consent });
    if (refusal !== null) return refusal;
    const { log: chain } = this.context;
    for (const word of batchEntries(chain, 0, this.context.ratification.allProofs)) this.context.send(user, word, true);
    return null;
  }

  private remove(user: string): Refusal | null {
    return this.write({ do: 'remove', user, cut: this.cutOf(user, this.context.log.members.get(user)?.key ?? '') });
  }

  private repeat(signed: Signed): void {
    const op = peekEntry(signed)?.op;
    const { members } = this.context.log;
    if (op?.do === 'remove' && op.user !== this.context.self.user && members.has(op.user)) this.write(op);
    if (op?.do === 'add' && !members.has(op.user) && members.size < LIMITS.groupMembersMax) this.write(op);
  }

  private write(op: EntryOp, term: number = this.context.log.term): Refusal | null {
    const { context: desk } = this;
    const { log: chain, self, now } = desk;
    const { index, hash: previous } = chain.position;
    const device = self.device.publicKey;
    const entry: LogEntry = {
      group: chain.group,
      index: index + 1,
      previous,
      term,
      op,
      at: now,
      by: self.user,
      device,
    };
    const signed = signObject('group', entry, self.device, desk.dependencies.primitives);
    const fault = this.replication.append(signed);
    if (fault !== null) return new Refusal('GROUP_REFUSES', `${this.context.name}: ${fault}`);
    this.replication.sign();
    this.distribute(op, signed, index + 1);
    desk.emit({ type: 'changed' });
    return null;
  }

  /** Who goes hears it too, and then no more (SPEC GROUP-22). */
  private distribute(op: EntryOp, signed: Signed, from: number): void {
    const { context: desk } = this;
    const mine = desk.me && desk.log.roster.newest(desk.self.user, desk.me.key);
    const records = mine === null ? [] : [mine];
    const proofs = op.do === 'takeover' ? desk.ratification.proofsSince(0).slice(-1) : [];
    const word: GroupFrameBody = { type: 'entries', from, entries: [signed], proofs, records };
    desk.broadcast(word);
    if (op.do === 'remove' || op.do === 'leave') desk.send(op.user, word, true);
  }
}

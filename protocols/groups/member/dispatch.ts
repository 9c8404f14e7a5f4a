// Dispatches frames to the parts of the machine. Entries are accepted from any user, because they prove themselves; all
// other bodies come from members only (SPEC GROUP-22).

import { assertNever } from '../../kit/machine.js';
import type { Signed } from '../../kit/signed.js';
import type { VersionVector } from '../entry.js';
import type { GroupFrameBody } from '../frames.js';
import { openStatement } from '../statements.js';
import type { Election } from './leadership/election.js';
import type { Leader } from './leadership/leader.js';
import type { LogReplication } from './log-replication.js';
import type { MemberContext } from './member-context.js';
import type { RecipientProgress } from './messages/recipients.js';
import type { MemberSync } from './sync.js';

interface Parts {
  readonly replication: LogReplication;
  readonly leader: Leader;
  readonly election: Election;
  readonly recipients: RecipientProgress;
  readonly sync: MemberSync;
}

type Body<T extends GroupFrameBody['type']> = Extract<GroupFrameBody, { type: T }>;

export class Dispatch {
  constructor(
    private readonly context: MemberContext,
    private readonly parts: Parts,
  ) {}

  /** `key`: the identity key of the sender. */
  receive(from: string, key: string, body: GroupFrameBody): void {
    const { membership } = this.context;
    const isPeer = membership.isPeer(from, key);
    // A member learns of new members through entries, so the sender of entries may be unknown.
    if (body.type === 'entries') return this.receiveEntries(body, isPeer ? from : null);
    if (!isPeer) return this.receiveFromNonMember(from, body, membership.keyOf(from) === key);
    switch (body.type) {
      case 'sync':
        return this.receiveSync(from, body);
      case 'messages':
        return this.parts.sync.receiveMessages(from, body);
      case 'message_request':
        return this.parts.sync.history.serve(from, body);
      case 'acknowledgement':
        this.parts.sync.receiveVector(from, body.have);
        return this.parts.recipients.delivered(from, this.ownSeq(body.have));
      case 'statement':
        return this.receiveStatement(from, body);
      case 'proofs':
        return void this.parts.replication.applyProofs(body.proofs);
      case 'vote_request':
        return this.parts.election.receiveVoteRequest(from, body.term, body.head);
      case 'fork':
        if (this.parts.replication.receiveEquivocation(body.entries)) this.context.broadcast(body, from);
        return;
      default:
        return assertNever(body);
    }
  }

  /** A former member learns that its membership ended. Any other user learns nothing. */
  private receiveFromNonMember(from: string, body: GroupFrameBody, wasMember: boolean): void {
    if (body.type === 'sync' && wasMember) this.parts.sync.entries.sendEnd(from, body);
    // The vote or adoption of a member whose removal is pending may be needed to ratify that removal.
    const mayCount = body.type === 'statement' && body.statement !== 'heartbeat' && body.statement !== 'transfer';
    if (mayCount) this.receiveStatement(from, body);
  }

  /** `peer`: the sender, if it is a member. */
  private receiveEntries(body: Body<'entries'>, peer: string | null): void {
    const { replication } = this.parts;
    const hasGap = !replication.knows(body.from) && !replication.knows(body.from - 1);
    if (hasGap) return peer === null ? undefined : this.parts.sync.replyWithSync(peer, false);
    if (this.parts.replication.receiveEntries(body)) this.parts.election.refresh();
  }

  private receiveSync(from: string, body: Body<'sync'>): void {
    this.parts.replication.learnRecords(body.newerRecords);
    if (body.adopted) this.parts.replication.receiveAdoption(body.adopted);
    if (body.heartbeat) this.receiveHeartbeat(from, body.heartbeat);
    this.parts.sync.receiveSync(from, body);
    this.parts.recipients.delivered(from, this.ownSeq(body.have));
    this.parts.election.receivePromisedTerm(body.promised);
    this.parts.leader.receiveOrphans(from, body.orphans);
  }

  private ownSeq(have: VersionVector): number {
    return have.find(({ device }) => device === this.context.self.device.publicKey)?.seq ?? 0;
  }

  private receiveStatement(from: string, { statement, signed }: Body<'statement'>): void {
    switch (statement) {
      case 'adopted':
        return this.parts.replication.receiveAdoption(signed);
      case 'heartbeat':
        return this.receiveHeartbeat(from, signed);
      case 'leave':
        return this.receiveLeave(from, signed);
      case 'transfer':
        if (this.parts.election.receiveTransfer(signed))
          this.context.broadcast({ type: 'statement', statement, signed }, from);
        return;
      case 'vote':
        return this.parts.election.receiveVote(signed);
      default:
        return assertNever(statement);
    }
  }

  private receiveHeartbeat(from: string, signed: Signed): void {
    if (this.parts.election.receiveHeartbeat(signed))
      this.context.broadcast({ type: 'statement', statement: 'heartbeat', signed }, from);
  }

  /** SPEC GROUP-21. */
  private receiveLeave(from: string, signed: Signed): void {
    const { context } = this;
    const { log, membership, memory } = context;
    const leave = openStatement('leave', signed, context.dependencies.primitives);
    const member = leave && log.members.get(leave.by);
    if (leave === null || !member || leave.group !== context.group || leave.member !== member.admissionId) return;
    if (!membership.maySign(leave.by, leave.device) || membership.leaveStatementOf(member) !== null) return;
    memory.farewells.push(signed);
    context.broadcast({ type: 'statement', statement: 'leave', signed }, from);
    context.emit({ type: 'changed' });
  }
}

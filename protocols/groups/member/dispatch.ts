// What others say in a group, and which part it concerns: entries prove themselves, everything else is heard from
// members only (SPEC GROUP-22).

import { assertNever } from '../../kit/machine.js';
import type { Signed } from '../../kit/signed.js';
import type { GroupFrameBody } from '../frames.js';
import { openStatement } from '../statements.js';
import type { MemberContext } from './member-io.js';
import type { LogReplication } from './log-replication.js';
import type { Leader } from './leadership/leader.js';
import type { RecipientProgress } from './messages/recipients.js';
import type { Election } from './leadership/election.js';
import type { MemberSync } from './sync.js';

interface Parts {
  readonly replication: LogReplication;
  readonly leader: Leader;
  readonly election: Election;
  readonly recipients: RecipientProgress;
  readonly sync: MemberSync;
}

export class Dispatch {
  constructor(
    private readonly context: MemberContext,
    private readonly parts: Parts,
  ) {}

  receive(from: string, word: GroupFrameBody): void {
    // Entries prove themselves, whoever shows them: that is how one hears of members one has not heard of.
    if (word.type === 'entries') return this.receiveEntries(from, word);
    if (!this.context.isPeer(from)) return this.receiveFromNonMember(from, word);
    switch (word.type) {
      case 'sync':
        return this.receiveSync(from, word);
      case 'messages':
        return this.parts.sync.receiveMessages(from, word);
      case 'message_request':
        return this.parts.sync.serveMessages(from, word);
      case 'acknowledgement':
        this.parts.sync.receiveVector(from, word.have);
        return this.parts.recipients.delivered(from, this.ownSeq(word.have));
      case 'statement':
        return this.receiveStatement(from, word);
      case 'proofs':
        return void this.parts.replication.applyProofs(word.proofs);
      case 'vote_request':
        return this.parts.election.receiveVoteRequest(from, word.term, word.head);
      case 'fork':
        if (this.parts.replication.receiveEquivocation(word.entries)) this.context.broadcast(word, from);
        return;
      default:
        return assertNever(word);
    }
  }

  /** Who left, or was removed, may learn that; who is unknown here, nothing. */
  private receiveFromNonMember(from: string, word: GroupFrameBody): void {
    if (word.type === 'sync') this.parts.sync.sendEnd(from, word);
    // One who was removed in an entry that is still pending may be needed to ratify it.
    const isNeeded = word.type === 'statement' && word.statement !== 'heartbeat' && word.statement !== 'transfer';
    if (isNeeded) this.receiveStatement(from, word);
  }

  private receiveEntries(from: string, word: Extract<GroupFrameBody, { type: 'entries' }>): void {
    const isBehind = this.context.log.at(word.from) === null && this.context.log.at(word.from - 1) === null;
    if (isBehind) return this.context.isPeer(from) ? this.parts.sync.sendSync(from, false) : undefined;
    if (this.parts.replication.receiveEntries(word)) this.parts.election.refresh();
  }

  private receiveSync(from: string, word: Extract<GroupFrameBody, { type: 'sync' }>): void {
    if (word.adopted) this.parts.replication.receiveAdoption(word.adopted);
    if (word.heartbeat) this.receiveHeartbeat(from, word.heartbeat);
    this.parts.sync.receiveSync(from, word);
    this.parts.recipients.delivered(from, this.ownSeq(word.have));
    this.parts.election.receivePromisedTerm(word.promised);
    this.parts.leader.receiveOrphans(from, word.orphans);
  }

  private ownSeq(have: readonly { device: string; seq: number }[]): number {
    return have.find(({ device }) => device === this.context.self.device.publicKey)?.seq ?? 0;
  }

  private receiveStatement(
    from: string,
    { statement: type, signed }: Extract<GroupFrameBody, { type: 'statement' }>,
  ): void {
    switch (type) {
      case 'adopted':
        return this.parts.replication.receiveAdoption(signed);
      case 'heartbeat':
        return this.receiveHeartbeat(from, signed);
      case 'leave':
        return this.receiveLeave(from, signed);
      case 'transfer':
        if (this.parts.election.receiveTransfer(signed))
          this.context.broadcast({ type: 'statement', statement: type, signed }, from);
        return;
      case 'vote':
        return this.parts.election.receiveVote(signed);
      default:
        return assertNever(type);
    }
  }

  private receiveHeartbeat(from: string, signed: Signed): void {
    if (this.parts.election.receiveHeartbeat(signed))
      this.context.broadcast({ type: 'statement', statement: 'heartbeat', signed }, from);
  }

  /** SPEC GROUP-21. */
  private receiveLeave(from: string, signed: Signed): void {
    const { context: desk } = this;
    const said = openStatement('leave', signed, desk.dependencies.primitives);
    const member = said && desk.log.members.get(said.by);
    if (said === null || !member || said.group !== desk.group || said.member !== member.admissionId) return;
    if (!desk.log.roster.owns(said.by, member.key, said.device) || desk.leaveStatementOf(member) !== null) return;
    desk.memory.farewells.push(signed);
    desk.broadcast({ type: 'statement', statement: 'leave', signed }, from);
    desk.emit({ type: 'changed' });
  }
}

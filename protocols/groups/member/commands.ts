// What the user of a member does: says something, decides as a leader, hands over, leaves.

import { assertNever } from '../../kit/machine.js';
import { Refusal } from '../../kit/refusals.js';
import type { MemberContext, MemberCommand } from './member-io.js';
import type { Leader } from './leadership/leader.js';
import type { RecipientProgress } from './messages/recipients.js';
import type { Election } from './leadership/election.js';
import type { MemberMessages } from './messages/messages.js';

interface Parts {
  readonly leader: Leader;
  readonly election: Election;
  readonly recipients: RecipientProgress;
  readonly messages: MemberMessages;
}

export class MemberCommands {
  constructor(
    private readonly context: MemberContext,
    private readonly parts: Parts,
  ) {}

  execute(ref: number, act: MemberCommand): void {
    const outcome = this.outcomeOf(act);
    if (outcome instanceof Refusal) return this.context.emit({ type: 'refused', ref, refusal: outcome });
    this.context.emit({ type: 'done', ref, id: outcome });
  }

  private outcomeOf(act: MemberCommand): Refusal | string | null {
    switch (act.type) {
      case 'broadcast':
        return this.broadcast(act.text);
      case 'leave':
        return this.leave(act.byVote);
      case 'transfer':
        return this.transfer(act.user);
      case 'add':
      case 'remove':
      case 'policy':
        return this.parts.leader.execute(act);
      default:
        return assertNever(act);
    }
  }

  private broadcast(text: string): Refusal | string {
    if (this.parts.recipients.isFull) return new Refusal('LIST_FULL', 'messages that have not arrived');
    const said = this.parts.messages.send(text);
    if (said instanceof Refusal) return said;
    this.parts.recipients.sent(said);
    return said.id;
  }

  private leave(byVote: boolean): Refusal | null {
    const { context: desk } = this;
    const member = desk.me;
    if (member === null) return new Refusal('NOT_MEMBER', desk.name);
    if (desk.isLeader && desk.peers().length > 0 && !byVote) return new Refusal('LEADER_LEAVES', desk.name);
    const cut = this.parts.messages.cutOf(member.user, member.key);
    const signed = desk.sign('leave', { member: member.admissionId, cut, at: desk.now });
    desk.memory.farewells.push(signed);
    for (const { user } of desk.peers()) this.sendLeave(user);
    return null;
  }

  /** I have left, and the row does not say so yet: whoever may not have heard it hears it (again). */
  sendLeave(to: string): void {
    const { context: desk } = this;
    const member = desk.log.members.get(desk.self.user);
    const signed = member && desk.leaveStatementOf(member);
    if (signed && desk.isPeer(to)) desk.send(to, { type: 'statement', statement: 'leave', signed }, true);
  }

  private transfer(user: string): Refusal | null {
    const { context: desk } = this;
    if (user === desk.self.user) return new Refusal('SELF');
    const refusal = this.parts.leader.whyNotLead();
    if (refusal !== null) return refusal;
    if (!desk.isPeer(user)) return new Refusal('NOT_IN_GROUP', user);
    this.parts.election.transfer(user);
    return null;
  }
}

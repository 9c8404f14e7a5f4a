// Executes the commands of the user: send a message, leave, transfer the lead, and the commands of a leader.

import { assertNever } from '../../kit/machine.js';
import type { Signed } from '../../kit/signed.js';
import { hasVisibleText } from '../../kit/text/visible-text.js';
import type { Member } from '../log/member-devices.js';
import { peekStatement } from '../statements.js';
import { Refusal } from '../../kit/refusals.js';
import type { Election } from './leadership/election.js';
import type { Leader } from './leadership/leader.js';
import type { MemberContext } from './member-context.js';
import type { MemberCommand } from './member-io.js';
import type { MemberMessages } from './messages/messages.js';
import type { RecipientProgress } from './messages/recipients.js';

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

  execute(ref: number, command: MemberCommand): void {
    const outcome = this.outcomeOf(command);
    if (outcome instanceof Refusal) return this.context.emit({ type: 'refused', ref, refusal: outcome });
    this.context.emit({ type: 'done', ref, id: outcome });
  }

  /** The own leave statement is signed again if another device of this user signed it. */
  private renewLeave(member: Member, signed: Signed): Signed {
    const { context } = this;
    const leave = peekStatement('leave', signed);
    if (leave === null || leave.device === context.self.device.publicKey) return signed;
    const { cut, at } = leave;
    const renewed = context.sign('leave', { member: member.admissionId, cut, at });
    const { memory } = context;
    memory.farewells = memory.farewells.map((one) => (one.payload === signed.payload ? renewed : one));
    return renewed;
  }

  /** Repeats the own leave statement until the log contains it: `to` may not have received it. */
  sendLeave(to: string): void {
    const { context } = this;
    const { log, membership, self } = context;
    const member = log.members.get(self.user);
    const statement = member?.key === self.key ? membership.leaveStatementOf(member) : null;
    if (!member || statement === null || !membership.isPeer(to)) return;
    const signed = this.renewLeave(member, statement);
    context.send(to, { type: 'statement', statement: 'leave', signed }, true);
  }

  /** The id of a sent message; null for other commands. */
  private outcomeOf(command: MemberCommand): Refusal | string | null {
    const { log, self, name } = this.context;
    // Other members would ignore what this device signs. The user can still leave.
    const isIgnored = log.roster.isBeyondRoom(self.user, self.key, self.device.publicKey);
    if (isIgnored && command.type !== 'leave') return new Refusal('GROUP_DEVICES', name);
    switch (command.type) {
      case 'broadcast':
        return this.broadcast(command.text);
      case 'leave':
        return this.leave(command.byVote);
      case 'transfer':
        return this.transfer(command.user);
      case 'add':
      case 'remove':
      case 'policy':
        return this.parts.leader.execute(command);
      default:
        return assertNever(command);
    }
  }

  private broadcast(text: string): Refusal | string {
    const { recipients, messages } = this.parts;
    // A received text without visible characters stays valid: refusing it would end the numbers of its device.
    if (!hasVisibleText(text)) return new Refusal('TEXT_EMPTY');
    if (recipients.isFull) return new Refusal('LIST_FULL', 'messages that have not arrived');
    const message = messages.send(text);
    if (message instanceof Refusal) return message;
    recipients.sent(message);
    return message.id;
  }

  private leave(byVote: boolean): Refusal | null {
    const { context } = this;
    const { membership } = context;
    const member = membership.own;
    if (member === null) return new Refusal('NOT_MEMBER', context.name);
    if (context.isLeader && membership.peers().length > 0 && !byVote) return new Refusal('LEADER_LEAVES', context.name);
    const cut = this.parts.messages.cutOf(member.user, member.key);
    const signed = context.sign('leave', { member: member.admissionId, cut, at: context.now });
    context.memory.farewells.push(signed);
    for (const { user } of membership.peers()) this.sendLeave(user);
    return null;
  }

  private transfer(user: string): Refusal | null {
    const { context } = this;
    if (user === context.self.user) return new Refusal('SELF');
    const refusal = this.parts.leader.whyNotLead();
    if (refusal !== null) return refusal;
    if (!context.membership.isPeer(user)) return new Refusal('NOT_IN_GROUP', user);
    if (!context.canSettle) return new Refusal('GROUP_UNSETTLED', context.name);
    this.parts.election.transfer(user);
    return null;
  }
}

// What the user of a member does: says something, decides as a leader, hands over, leaves.

import { never } from '../../kit/machine.js';
import { Refusal } from '../../kit/refusals.js';
import type { Desk, GroupAct } from './desk.js';
import type { Leading } from './leading.js';
import type { Recipients } from './recipients.js';
import type { Succession } from './succession.js';
import type { Talking } from './talking.js';

interface Parts {
  readonly leading: Leading;
  readonly succession: Succession;
  readonly recipients: Recipients;
  readonly talking: Talking;
}

export class Acting {
  constructor(
    private readonly desk: Desk,
    private readonly parts: Parts,
  ) {}

  act(ref: number, act: GroupAct): void {
    const outcome = this.carryOut(act);
    if (outcome instanceof Refusal) return this.desk.do({ kind: 'refused', ref, refusal: outcome });
    this.desk.do({ kind: 'done', ref, id: outcome });
  }

  private carryOut(act: GroupAct): Refusal | string | null {
    switch (act.do) {
      case 'say':
        return this.say(act.text);
      case 'leave':
        return this.leave(act.byVote);
      case 'transfer':
        return this.transfer(act.user);
      case 'add':
      case 'remove':
      case 'policy':
        return this.parts.leading.act(act);
      default:
        return never(act);
    }
  }

  private say(text: string): Refusal | string {
    if (this.parts.recipients.isFull) return new Refusal('LIST_FULL', 'messages that have not arrived');
    const said = this.parts.talking.say(text);
    if (said instanceof Refusal) return said;
    this.parts.recipients.said(said);
    return said.id;
  }

  private leave(byVote: boolean): Refusal | null {
    const { desk } = this;
    const member = desk.me;
    if (member === null) return new Refusal('NOT_MEMBER', desk.name);
    if (desk.isLeader && desk.peers().length > 0 && !byVote) return new Refusal('LEADER_LEAVES', desk.name);
    const cut = this.parts.talking.cutOf(member.user, member.key);
    const signed = desk.sign('leave', { member: member.by, cut, at: desk.now });
    desk.memory.farewells.push(signed);
    for (const { user } of desk.peers()) this.sayFarewell(user);
    return null;
  }

  /** I have left, and the row does not say so yet: whoever may not have heard it hears it (again). */
  sayFarewell(to: string): void {
    const { desk } = this;
    const member = desk.chain.members.get(desk.self.user);
    const signed = member && desk.farewellOf(member);
    if (signed && desk.isPeer(to)) desk.send(to, { says: 'statement', type: 'leave', signed }, true);
  }

  private transfer(user: string): Refusal | null {
    const { desk } = this;
    if (user === desk.self.user) return new Refusal('SELF');
    const refusal = this.parts.leading.whyNotLead();
    if (refusal !== null) return refusal;
    if (!desk.isPeer(user)) return new Refusal('NOT_IN_GROUP', user);
    this.parts.succession.transfer(user);
    return null;
  }
}

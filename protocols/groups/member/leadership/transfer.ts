// The transfer of the lead to a member (SPEC GROUP-18): a statement for all members, and the vote of the leader for the
// member that it names.

import type { Signed } from '../../../kit/signed.js';
import { openStatement, peekStatement } from '../../statements.js';
import type { MemberContext } from '../member-context.js';

export class Transfer {
  constructor(private readonly context: MemberContext) {}

  /** The member that the leader of this term handed the lead to; null: it did not. */
  get target(): string | null {
    const { log, memory } = this.context;
    const transfer = memory.transfer && peekStatement('transfer', memory.transfer);
    return transfer?.term === log.term ? transfer.to : null;
  }

  /** True iff this is the first transfer of the term. A second would circulate among the members forever. */
  receive(signed: Signed): boolean {
    const { context } = this;
    if (this.target !== null) return false;
    const transfer = openStatement('transfer', signed, context.dependencies.primitives);
    if (transfer === null || transfer.group !== context.group || !context.mayLead(transfer)) return false;
    context.memory.transfer = signed;
    return true;
  }

  begin(to: string): void {
    const { context } = this;
    const { log, memory } = context;
    const term = log.term + 1;
    memory.transfer = context.sign('transfer', { term: log.term, to, at: context.now });
    memory.promised = term;
    memory.vote = { term, candidate: to, head: log.position };
    for (const { user } of context.membership.peers()) this.sendTo(user);
  }

  /** A link to the member opened. The statement may have been lost with an earlier link. */
  linked(user: string): void {
    if (this.target !== null && this.context.isLeader && this.context.membership.isPeer(user)) this.sendTo(user);
  }

  /** A new term begins. `wasLeader`: this member led until now. */
  end(wasLeader: boolean): void {
    const { context } = this;
    const transfer = context.memory.transfer && peekStatement('transfer', context.memory.transfer);
    context.memory.transfer = null;
    const hasFailed = transfer !== null && wasLeader && context.isLeader && transfer.by === context.self.user;
    if (hasFailed) context.emit({ type: 'warn', code: 'TRANSFER_FAILED', text: transfer.to });
  }

  /** The target gets the transfer before the vote, and both by letter if there is no link. */
  private sendTo(user: string): void {
    const { context, target } = this;
    const { transfer: signed, vote } = context.memory;
    if (signed === null) return;
    context.send(user, { type: 'statement', statement: 'transfer', signed }, user === target);
    if (user !== target || vote?.candidate !== user) return;
    context.send(user, { type: 'statement', statement: 'vote', signed: context.sign('vote', vote) }, true);
  }
}

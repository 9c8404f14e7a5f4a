// The Paxos acceptor for the next view [VIEW-2]. Its state must be on disk before its answer leaves.

import { compareBallots, NO_BALLOT, type Ballot, type ViewDecision } from './view-decision.js';

export interface AcceptedProposal {
  readonly ballot: Ballot;
  readonly decision: ViewDecision;
}

export class Acceptor {
  constructor(
    public promised: Ballot = NO_BALLOT,
    public accepted: AcceptedProposal | null = null,
  ) {}

  /** False if a higher ballot was promised. */
  promise(ballot: Ballot): boolean {
    if (compareBallots(ballot, this.promised) < 0) return false;
    this.promised = ballot;
    return true;
  }

  accept(ballot: Ballot, decision: ViewDecision): boolean {
    if (!this.promise(ballot)) return false;
    this.accepted = { ballot, decision };
    return true;
  }
}

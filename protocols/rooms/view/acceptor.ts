// The acceptor of the decision on the next view (single-decree Paxos) [VIEW-2]. What it holds must be on the disk
// before its answer leaves.

import { compareBallots, NO_BALLOT, type Ballot, type Decision } from './decision.js';

export interface Accepted {
  readonly ballot: Ballot;
  readonly decision: Decision;
}

export class Acceptor {
  constructor(
    public promised: Ballot = NO_BALLOT,
    public accepted: Accepted | null = null,
  ) {}

  /** False: it has promised a higher ballot. */
  promise(ballot: Ballot): boolean {
    if (compareBallots(ballot, this.promised) < 0) return false;
    this.promised = ballot;
    return true;
  }

  accept(ballot: Ballot, decision: Decision): boolean {
    if (!this.promise(ballot)) return false;
    this.accepted = { ballot, decision };
    return true;
  }
}

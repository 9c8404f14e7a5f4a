// The decision that opens a view [VIEW-1]: its members, and what remains to be delivered of the view before.

import type { OrderedMessage } from '../order/message.js';

/** A ballot of Paxos, ordered by round, then by server. */
export interface Ballot {
  readonly round: number;
  readonly by: number;
}

/**
 * `boots`: for each server of the set, the boot at which it is a member, or 0. `builtBy`: the ballot that built the
 * decision. `cut`: how many messages of each server the closing view delivers. `tail`: those of them that a member may
 * lack.
 */
export interface ViewDecision {
  readonly view: number;
  readonly boots: readonly number[];
  readonly builtBy: Ballot;
  readonly cut: readonly number[];
  readonly tail: readonly OrderedMessage[];
  readonly isFresh: boolean;
}

export const NO_BALLOT: Ballot = { round: 0, by: 0 };

export function compareBallots(a: Ballot, b: Ballot): number {
  return a.round - b.round || a.by - b.by;
}

export function initialDecision(size: number): ViewDecision {
  const zeros = Array.from({ length: size }, () => 0);
  return { view: 0, boots: zeros, builtBy: NO_BALLOT, cut: zeros, tail: [], isFresh: false };
}

export function viewMembers({ boots }: ViewDecision): number[] {
  return boots.flatMap((boot, index) => (boot > 0 ? [index] : []));
}

export function majorityOf(size: number): number {
  return Math.floor(size / 2) + 1;
}

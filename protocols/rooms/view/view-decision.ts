// A view as it was decided [VIEW-1]: who is in it at which boot, and what remains to be delivered of the one before.

import type { OrderedMessage } from '../order/message.js';

/** A candidate's try: higher rounds first, then higher servers. */
export interface Ballot {
  readonly round: number;
  readonly by: number;
}

/**
 * `boots`: for each server of the set the boot at which it is a member, 0 where it is none. `builtBy`: the ballot of
 * whoever built it. `cut`: how many messages of each server the closing view delivers at most; `tail`: those of them
 * that somebody may lack.
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

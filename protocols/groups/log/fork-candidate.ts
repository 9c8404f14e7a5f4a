// A log that a peer offers, compared with one's own: whether it extends or replaces the own log, contradicts a ratified
// entry, or proves that a leader equivocated (SPEC GROUP-10 to GROUP-12).

import type { Signed } from '../../kit/signed.js';
import { isMoreUpToDate } from '../entry.js';
import type { RatificationProof } from '../frames.js';
import type { MembershipLog } from './membership-log.js';
import type { Ratification } from './ratification.js';
import { isSigned, peekEntry, type AppliedEntry } from './applied-entry.js';

/** Consecutive entries, the first at index `from`, and proofs that ratify them. */
export interface OfferedEntries {
  readonly from: number;
  readonly entries: readonly Signed[];
  readonly proofs: readonly RatificationProof[];
}

/** `log`: the offered log, as far as it is valid. `fork`: the last index that both logs share. */
export interface ForkCandidate {
  readonly log: MembershipLog;
  readonly ratification: Ratification;
  readonly fork: number;
}

/** The offered log as far as it is valid; null if it shares no entry with the own log or adds none to it. */
export function readForkCandidate(
  own: MembershipLog,
  ratification: Ratification,
  { from, entries, proofs }: OfferedEntries,
): ForkCandidate | null {
  let shared = 0;
  while (shared < entries.length && own.at(from + shared)?.signed.payload === entries[shared]?.payload) shared += 1;
  const fork = from + shared - 1;
  if (shared === entries.length || fork < 0 || own.at(fork) === null) return null;
  const candidate: ForkCandidate = { log: own.prefix(fork), ratification: ratification.copy(), fork };
  for (const signed of entries.slice(shared)) {
    // The votes of a takeover are counted from the last ratified entry, so proofs come first.
    if (peekEntry(signed)?.op.do === 'takeover') applyProofs(candidate, proofs);
    if (candidate.log.append(signed) !== null) break;
  }
  applyProofs(candidate, proofs);
  return candidate.log.head.entry.index > fork ? candidate : null;
}

function applyProofs({ log, ratification }: ForkCandidate, proofs: readonly RatificationProof[]): void {
  for (const proof of proofs) ratification.applyProof(log, proof);
}

/**
 * `equivocates`: the same term goes on differently, which only a dishonest leader can cause. `contradicts`: the
 * candidate would replace a ratified entry.
 */
export type CandidateRelation = 'behind' | 'extends' | 'replaces' | 'equivocates' | 'contradicts';

/** How the candidate relates to the own log (SPEC GROUP-10 to GROUP-12, GROUP-40). */
export function relationOf(own: MembershipLog, { log, fork }: ForkCandidate): CandidateRelation {
  if (log.term === own.term && log.ratified > fork && fork < own.head.entry.index && !own.replacesRatified(fork))
    return 'replaces';
  if (!isMoreUpToDate(log.position, own.position)) return 'behind';
  if (own.replacesRatified(fork)) return 'contradicts';
  if (fork === own.head.entry.index) return 'extends';
  return log.term === own.term ? 'equivocates' : 'replaces';
}

/** Two contradicting entries of one leader, one in each log; null if there are none. */
export function equivocationBetween(own: MembershipLog, { log, fork }: ForkCandidate): [Signed, Signed] | null {
  for (const theirs of log.entriesFrom(fork + 1)) {
    for (const mine of own.entriesFrom(fork + 1)) {
      if (areExclusive(mine, theirs)) return [mine.signed, theirs.signed];
      if (mine.entry.index > theirs.entry.index && mine.entry.op.do !== 'takeover') break;
    }
  }
  return null;
}

/** True iff one honest leader cannot have signed both in one term (SPEC GROUP-12). */
function areExclusive(a: Pick<AppliedEntry, 'entry' | 'id'>, b: Pick<AppliedEntry, 'entry' | 'id'>): boolean {
  if (a.id === b.id || a.entry.term !== b.entry.term || a.entry.by !== b.entry.by) return false;
  return a.entry.index === b.entry.index || (a.entry.op.do === 'takeover' && b.entry.op.do === 'takeover');
}

/** The leader `by` of `term` signed contradicting entries with devices under `key`. */
export interface Equivocation {
  readonly term: number;
  readonly by: string;
  readonly key: string;
}

/**
 * The equivocation of a leader of this group that the two entries prove, null if they prove none. `counts`: whether a
 * device of the leader can prove one.
 */
export function provenEquivocation(
  own: MembershipLog,
  [first, second]: readonly [Signed, Signed],
  counts: (user: string, key: string, device: string) => boolean = (...device) => own.roster.owns(...device),
): Equivocation | null {
  const [a, b] = [peekEntry(first), peekEntry(second)];
  if (!a || !b || a.group !== own.group || b.group !== own.group) return null;
  const pair = [
    { entry: a, id: first.payload },
    { entry: b, id: second.payload },
  ] as const;
  if (!areExclusive(pair[0], pair[1])) return null;
  // Any device can sign two entries of a term that its user did not lead.
  if (own.leaderOf(a.term) !== a.by) return null;
  const keys = new Set(own.entriesFrom(0).flatMap(({ members }) => members.get(a.by)?.key ?? []));
  const key = [...keys].find((each) => counts(a.by, each, a.device) && counts(b.by, each, b.device));
  if (!isSigned(a, first, own.dependencies) || !isSigned(b, second, own.dependencies)) return null;
  return key === undefined ? null : { term: a.term, by: a.by, key };
}

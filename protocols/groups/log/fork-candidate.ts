// A row that somebody showed, next to one's own: is it better, does it contradict what is ratified, does it prove a
// lie?

import type { Signed } from '../../kit/signed.js';
import { isMoreUpToDate } from '../entry.js';
import type { RatificationProof } from '../frames.js';
import type { MembershipLog } from './membership-log.js';
import type { Ratification } from './ratification.js';
import { isSignedBy, peekEntry, type AppliedEntry } from './applied-entry.js';

/** Entries `from` and on, and what ratified them. */
export interface OfferedEntries {
  readonly from: number;
  readonly entries: readonly Signed[];
  readonly proofs: readonly RatificationProof[];
}

/** `fork`: the last index both rows share. */
export interface ForkCandidate {
  readonly log: MembershipLog;
  readonly ratification: Ratification;
  readonly fork: number;
}

/** The row shown, as far as it is sound; null where it shares nothing with one's own, or shows nothing new. */
export function readForkCandidate(
  own: MembershipLog,
  ratification: Ratification,
  { from, entries, proofs }: OfferedEntries,
): ForkCandidate | null {
  let shared = 0;
  while (shared < entries.length && own.at(from + shared)?.signed.payload === entries[shared]?.payload) shared += 1;
  const fork = from + shared - 1;
  if (shared === entries.length || fork < 0 || own.at(fork) === null) return null;
  const rival: ForkCandidate = { log: own.prefix(fork), ratification: ratification.copy(), fork };
  for (const signed of entries.slice(shared)) {
    // A takeover can be judged only by who knows what was ratified before it.
    if (peekEntry(signed)?.op.do === 'takeover') applyProofs(rival, proofs);
    if (rival.log.append(signed) !== null) break;
  }
  applyProofs(rival, proofs);
  return rival.log.head.entry.index > fork ? rival : null;
}

function applyProofs({ log: chain, ratification }: ForkCandidate, proofs: readonly RatificationProof[]): void {
  for (const proof of proofs) ratification.applyProof(chain, proof);
}

export type CandidateRelation = 'worse' | 'continues' | 'takes over' | 'lies' | 'contradicts';

/** What the rival is to one's own row (SPEC GROUP-10 to GROUP-12). */
export function relationOf(own: MembershipLog, { log: chain, fork }: ForkCandidate): CandidateRelation {
  if (!isMoreUpToDate(chain.position, own.position)) return 'worse';
  if (own.replacesRatified(fork)) return 'contradicts';
  if (fork === own.head.entry.index) return 'continues';
  return chain.term === own.term ? 'lies' : 'takes over';
}

/** Two entries of the two rows by which one leader lied, null where nobody did. */
export function equivocationBetween(own: MembershipLog, { log: chain, fork }: ForkCandidate): [Signed, Signed] | null {
  for (const theirs of chain.entriesFrom(fork + 1)) {
    for (const mine of own.entriesFrom(fork + 1)) {
      if (areExclusive(mine, theirs)) return [mine.signed, theirs.signed];
      if (mine.entry.index > theirs.entry.index && mine.entry.op.do !== 'takeover') break;
    }
  }
  return null;
}

/** One leader, one term, and never both true (SPEC GROUP-12). */
function areExclusive(a: Pick<AppliedEntry, 'entry' | 'id'>, b: Pick<AppliedEntry, 'entry' | 'id'>): boolean {
  if (a.id === b.id || a.entry.term !== b.entry.term || a.entry.by !== b.entry.by) return false;
  return a.entry.index === b.entry.index || (a.entry.op.do === 'takeover' && b.entry.op.do === 'takeover');
}

/** In which term who lied, with which key. */
export interface Equivocation {
  readonly term: number;
  readonly by: string;
  readonly key: string;
}

/** The lie of one leader of this group that the two entries prove, null where they prove none. */
export function provenEquivocation(
  own: MembershipLog,
  [first, second]: readonly [Signed, Signed],
): Equivocation | null {
  const [a, b] = [peekEntry(first), peekEntry(second)];
  if (!a || !b || a.group !== own.group || b.group !== own.group) return null;
  const pair = [
    { entry: a, id: first.payload },
    { entry: b, id: second.payload },
  ] as const;
  if (!areExclusive(pair[0], pair[1])) return null;
  // Anybody can sign two entries of a term they never led.
  if (own.leaderOf(a.term) !== a.by) return null;
  const keys = new Set(own.entriesFrom(0).flatMap(({ members }) => members.get(a.by)?.key ?? []));
  const key = [...keys].find((each) => isSignedBy(a, first, each, own) && isSignedBy(b, second, each, own));
  return key === undefined ? null : { term: a.term, by: a.by, key };
}

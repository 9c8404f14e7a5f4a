// A row that somebody showed, next to one's own: is it better, does it contradict what is ratified, does it prove a
// lie?

import type { Signed } from '../../kit/signed.js';
import { isBetter } from '../entry.js';
import type { Proof } from '../frames.js';
import type { Chain } from './chain.js';
import type { Ratification } from './ratification.js';
import { isSignedBy, readEntry, type Step } from './step.js';

/** Entries `from` and on, and what ratified them. */
export interface Shown {
  readonly from: number;
  readonly entries: readonly Signed[];
  readonly proofs: readonly Proof[];
}

/** `fork`: the last index both rows share. */
export interface Rival {
  readonly chain: Chain;
  readonly ratification: Ratification;
  readonly fork: number;
}

/** The row shown, as far as it is sound; null where it shares nothing with one's own, or shows nothing new. */
export function readRival(own: Chain, ratification: Ratification, { from, entries, proofs }: Shown): Rival | null {
  let shared = 0;
  while (shared < entries.length && own.at(from + shared)?.signed.payload === entries[shared]?.payload) shared += 1;
  const fork = from + shared - 1;
  if (shared === entries.length || fork < 0 || own.at(fork) === null) return null;
  const rival: Rival = { chain: own.upTo(fork), ratification: ratification.copy(), fork };
  for (const signed of entries.slice(shared)) {
    // A takeover can be judged only by who knows what was ratified before it.
    if (readEntry(signed)?.op.do === 'takeover') followAll(rival, proofs);
    if (rival.chain.push(signed) !== null) break;
  }
  followAll(rival, proofs);
  return rival.chain.head.entry.index > fork ? rival : null;
}

function followAll({ chain, ratification }: Rival, proofs: readonly Proof[]): void {
  for (const proof of proofs) ratification.follow(chain, proof);
}

export type Relation = 'worse' | 'continues' | 'takes over' | 'lies' | 'contradicts';

/** What the rival is to one's own row (SPEC GROUP-10 to GROUP-12). */
export function relationOf(own: Chain, { chain, fork }: Rival): Relation {
  if (!isBetter(chain.place, own.place)) return 'worse';
  if (own.isSettledAfter(fork)) return 'contradicts';
  if (fork === own.head.entry.index) return 'continues';
  return chain.term === own.term ? 'lies' : 'takes over';
}

/** Two entries of the two rows by which one leader lied, null where nobody did. */
export function lieBetween(own: Chain, { chain, fork }: Rival): [Signed, Signed] | null {
  for (const theirs of chain.stepsFrom(fork + 1)) {
    for (const mine of own.stepsFrom(fork + 1)) {
      if (excludeEachOther(mine, theirs)) return [mine.signed, theirs.signed];
      if (mine.entry.index > theirs.entry.index && mine.entry.op.do !== 'takeover') break;
    }
  }
  return null;
}

/** One leader, one term, and never both true (SPEC GROUP-12). */
function excludeEachOther(a: Pick<Step, 'entry' | 'id'>, b: Pick<Step, 'entry' | 'id'>): boolean {
  if (a.id === b.id || a.entry.term !== b.entry.term || a.entry.by !== b.entry.by) return false;
  return a.entry.index === b.entry.index || (a.entry.op.do === 'takeover' && b.entry.op.do === 'takeover');
}

/** In which term who lied, with which key. */
export interface Lie {
  readonly term: number;
  readonly liar: string;
  readonly key: string;
}

/** The lie of one leader of this group that the two entries prove, null where they prove none. */
export function lieProved(own: Chain, [first, second]: readonly [Signed, Signed]): Lie | null {
  const [a, b] = [readEntry(first), readEntry(second)];
  if (!a || !b || a.group !== own.group || b.group !== own.group) return null;
  const pair = [
    { entry: a, id: first.payload },
    { entry: b, id: second.payload },
  ] as const;
  if (!excludeEachOther(pair[0], pair[1])) return null;
  // Anybody can sign two entries of a term they never led.
  if (own.leaderOf(a.term) !== a.by) return null;
  const keys = new Set(own.stepsFrom(0).flatMap(({ members }) => members.get(a.by)?.key ?? []));
  const key = [...keys].find((each) => isSignedBy(a, first, each, own) && isSignedBy(b, second, each, own));
  return key === undefined ? null : { term: a.term, liar: a.by, key };
}

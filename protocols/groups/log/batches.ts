// Entries cut into words that fit a frame, each with the proofs that can be followed there (SPEC GROUP-9, GROUP-32).

import { LIMITS } from '../../kit/limits.js';
import type { Signed } from '../../kit/signed.js';
import type { GroupWord, Proof } from '../frames.js';
import type { Chain } from './chain.js';
import { peekStatement } from '../statements.js';

type Tell = Extract<GroupWord, { says: 'entries' }>;

/** No answer is longer; who needs more asks again. */
const WORDS_MAX = 32;

/** `records`: newer than those in the log. `upTo`: the last entry that is given. `bytesMax`: of one word. */
interface Options {
  readonly records?: Signed[];
  readonly upTo?: number;
  readonly bytesMax?: number;
}

/** The entries from an index on. */
export function batches(
  chain: Chain,
  from: number,
  proofs: readonly Proof[],
  { records = [], upTo = Infinity, bytesMax = LIMITS.groupBatchBytes }: Options = {},
): Tell[] {
  const words: Tell[] = [];
  for (let at = from; at <= Math.min(upTo, chain.place.index) && words.length < WORDS_MAX;) {
    const entries = fitting(chain.from(at, Math.min(LIMITS.groupEntriesPerFrame, upTo - at + 1)), bytesMax);
    const end = at + entries.length - 1;
    const fit = proofs.filter((proof) => proof.to <= end && (at === from || reachOf(proof) >= at));
    words.push({ says: 'entries', from: at, entries, proofs: fit.slice(0, LIMITS.groupProofsMax), records });
    at = end + 1;
  }
  return words;
}

/** At least one: an entry fits a frame by itself. */
function fitting(entries: readonly Signed[], bytesMax: number): Signed[] {
  let letters = 0;
  const end = entries.findIndex(({ payload }, nth) => {
    letters += payload.length;
    return nth > 0 && letters > bytesMax;
  });
  return end < 0 ? [...entries] : entries.slice(0, end);
}

/** The last entry that a proof speaks of. */
function reachOf({ to, adopted }: Proof): number {
  return adopted.reduce((reach, signed) => Math.max(reach, peekStatement('adopted', signed)?.index ?? 0), to);
}

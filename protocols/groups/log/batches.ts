// Entries cut into words that fit a frame, each with the proofs that can be followed there (SPEC GROUP-9, GROUP-32).

import { byteLength } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import type { Signed } from '../../kit/signed.js';
import type { GroupWord, Proof } from '../frames.js';
import type { Chain } from './chain.js';
import { peekStatement } from '../statements.js';

type Tell = Extract<GroupWord, { says: 'entries' }>;

/** No answer is longer; who needs more asks again. */
const WORDS_MAX = 32;

/** `records`: of devices, beside those in the log. `upTo`: the last entry given. `bytesMax`: of each part of a word. */
interface Options {
  readonly records?: Signed[];
  readonly upTo?: number;
  readonly bytesMax?: number;
}

/** The entries from an index on; records before them, but never so many that entries find no place. */
export function batches(
  chain: Chain,
  from: number,
  proofs: readonly Proof[],
  { records = [], upTo = Infinity, bytesMax = LIMITS.groupBatchBytes }: Options = {},
): Tell[] {
  const words: Tell[] = [];
  const last = Math.min(upTo, chain.place.index);
  if (from <= last) words.push(...recordWords(from, records, bytesMax).slice(0, WORDS_MAX / 2));
  for (let at = from; at <= last && words.length < WORDS_MAX;) {
    const entries = fitting(chain.from(at, Math.min(LIMITS.groupEntriesPerFrame, upTo - at + 1)), bytesMax);
    const end = at + entries.length - 1;
    const fit = proofs.filter((proof) => proof.to <= end && (at === from || reachOf(proof) >= at));
    words.push(...wordsOf({ says: 'entries', from: at, entries, proofs: fit, records: [] }, bytesMax));
    at = end + 1;
  }
  return words.slice(0, WORDS_MAX);
}

/** The word, and its proofs by themselves as far as they do not fit into it. */
export function wordsOf(word: Tell, bytesMax: number = LIMITS.groupBatchBytes): Tell[] {
  const [first = [], ...others] = pieces(word.proofs, LIMITS.groupProofsMax, bytesMax);
  return [{ ...word, proofs: first }, ...others.map((proofs) => ({ ...word, entries: [], records: [], proofs }))];
}

function recordWords(from: number, records: readonly Signed[], bytesMax: number): Tell[] {
  return pieces(records, LIMITS.groupMembersMax, bytesMax).map((some) => {
    return { says: 'entries', from, entries: [], proofs: [], records: some };
  });
}

/** At least one each: what is signed fits a frame by itself. */
function pieces<T extends object>(parts: readonly T[], most: number, bytesMax: number): T[][] {
  const cut: T[][] = [];
  for (let rest = parts; rest.length > 0; rest = rest.slice(cut.at(-1)?.length)) {
    cut.push(fitting(rest.slice(0, most), bytesMax));
  }
  return cut;
}

/** As many as have so many bytes together, and one at least. */
export function fitting<T extends object>(parts: readonly T[], bytesMax: number): T[] {
  let bytes = 0;
  const end = parts.findIndex((part, nth) => {
    bytes += byteLength(JSON.stringify(part));
    return nth > 0 && bytes > bytesMax;
  });
  return end < 0 ? [...parts] : parts.slice(0, end);
}

/** The last entry that a proof speaks of. */
function reachOf({ to, adopted }: Proof): number {
  return adopted.reduce((reach, signed) => Math.max(reach, peekStatement('adopted', signed)?.index ?? 0), to);
}

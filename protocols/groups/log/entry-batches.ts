// Entries cut into words that fit a frame, each with the proofs that can be followed there (SPEC GROUP-9, GROUP-32).

import { byteLength } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import type { Signed } from '../../kit/signed.js';
import type { GroupFrameBody, RatificationProof } from '../frames.js';
import type { MembershipLog } from './membership-log.js';
import { peekStatement } from '../statements.js';

type EntriesBody = Extract<GroupFrameBody, { type: 'entries' }>;

/** No answer is longer; who needs more asks again. */
const BODIES_MAX = 32;

/** `records`: of devices, beside those in the log. `upTo`: the last entry given. `bytesMax`: of each part of a word. */
interface Options {
  readonly records?: Signed[];
  readonly upTo?: number;
  readonly bytesMax?: number;
}

/** The entries from an index on; records before them, but never so many that entries find no place. */
export function batchEntries(
  chain: MembershipLog,
  from: number,
  proofs: readonly RatificationProof[],
  { records = [], upTo = Infinity, bytesMax = LIMITS.groupBatchBytes }: Options = {},
): EntriesBody[] {
  const words: EntriesBody[] = [];
  const last = Math.min(upTo, chain.position.index);
  if (from <= last) words.push(...recordBodies(from, records, bytesMax).slice(0, BODIES_MAX / 2));
  for (let at = from; at <= last && words.length < BODIES_MAX;) {
    const entries = prefixWithin(chain.signedFrom(at, Math.min(LIMITS.groupEntriesPerFrame, upTo - at + 1)), bytesMax);
    const end = at + entries.length - 1;
    const fit = proofs.filter((proof) => proof.to <= end && (at === from || lastAdoptedIndex(proof) >= at));
    words.push(...splitProofs({ type: 'entries', from: at, entries, proofs: fit, records: [] }, bytesMax));
    at = end + 1;
  }
  return words.slice(0, BODIES_MAX);
}

/** The word, and its proofs by themselves as far as they do not fit into it. */
export function splitProofs(word: EntriesBody, bytesMax: number = LIMITS.groupBatchBytes): EntriesBody[] {
  const [first = [], ...others] = split(word.proofs, LIMITS.groupProofsMax, bytesMax);
  return [{ ...word, proofs: first }, ...others.map((proofs) => ({ ...word, entries: [], records: [], proofs }))];
}

function recordBodies(from: number, records: readonly Signed[], bytesMax: number): EntriesBody[] {
  return split(records, LIMITS.groupMembersMax, bytesMax).map((some) => {
    return { type: 'entries', from, entries: [], proofs: [], records: some };
  });
}

/** At least one each: what is signed fits a frame by itself. */
function split<T extends object>(parts: readonly T[], most: number, bytesMax: number): T[][] {
  const cut: T[][] = [];
  for (let rest = parts; rest.length > 0; rest = rest.slice(cut.at(-1)?.length)) {
    cut.push(prefixWithin(rest.slice(0, most), bytesMax));
  }
  return cut;
}

/** As many as have so many bytes together, and one at least. */
export function prefixWithin<T extends object>(parts: readonly T[], bytesMax: number): T[] {
  let bytes = 0;
  const end = parts.findIndex((part, nth) => {
    bytes += byteLength(JSON.stringify(part));
    return nth > 0 && bytes > bytesMax;
  });
  return end < 0 ? [...parts] : parts.slice(0, end);
}

/** The last entry that a proof speaks of. */
function lastAdoptedIndex({ to, adopted }: RatificationProof): number {
  return adopted.reduce((reach, signed) => Math.max(reach, peekStatement('adopted', signed)?.index ?? 0), to);
}

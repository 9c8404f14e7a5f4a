// Splits entries into frame bodies of limited size, each with the proofs that the receiver can apply at that point
// (SPEC GROUP-9, GROUP-32).

import { byteLength } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import type { Signed } from '../../kit/signed.js';
import type { GroupFrameBody, RatificationProof } from '../frames.js';
import type { MembershipLog } from './membership-log.js';
import { peekStatement } from '../statements.js';

type EntriesBody = Extract<GroupFrameBody, { type: 'entries' }>;

/** At most this many bodies per answer. A receiver that lacks more asks again. */
const BODIES_MAX = 32;

/** `records`: device records that the log lacks. `upTo`: the last index sent. `bytesMax`: of each part of a body. */
interface Options {
  readonly records?: Signed[];
  readonly upTo?: number;
  readonly bytesMax?: number;
}

/** The entries from an index on. Records come first and fill at most half of the bodies, so entries always fit. */
export function batchEntries(
  log: MembershipLog,
  from: number,
  proofs: readonly RatificationProof[],
  { records = [], upTo = Infinity, bytesMax = LIMITS.groupBatchBytes }: Options = {},
): EntriesBody[] {
  const bodies: EntriesBody[] = [];
  const last = Math.min(upTo, log.position.index);
  if (from <= last) bodies.push(...recordBodies(from, records, bytesMax).slice(0, BODIES_MAX / 2));
  for (let at = from; at <= last && bodies.length < BODIES_MAX;) {
    const entries = prefixWithin(log.signedFrom(at, Math.min(LIMITS.groupEntriesPerFrame, upTo - at + 1)), bytesMax);
    const end = at + entries.length - 1;
    const fit = proofs.filter((proof) => proof.to <= end && (at === from || lastAdoptedIndex(proof) >= at));
    bodies.push(...splitProofs({ type: 'entries', from: at, entries, proofs: fit, records: [] }, bytesMax));
    at = end + 1;
  }
  return bodies.slice(0, BODIES_MAX);
}

/** The body with as many proofs as fit; the other proofs follow in bodies of their own. */
export function splitProofs(body: EntriesBody, bytesMax: number = LIMITS.groupBatchBytes): EntriesBody[] {
  const [first = [], ...others] = split(body.proofs, LIMITS.groupProofsMax, bytesMax);
  return [{ ...body, proofs: first }, ...others.map((proofs) => ({ ...body, entries: [], records: [], proofs }))];
}

/** Bodies with records only. `from`: an index that the receiver knows. */
export function recordBodies(
  from: number,
  records: readonly Signed[],
  bytesMax: number = LIMITS.groupBatchBytes,
): EntriesBody[] {
  return split(records, LIMITS.groupMembersMax, bytesMax).map((some) => {
    return { type: 'entries', from, entries: [], proofs: [], records: some };
  });
}

/** Each piece has at least one part: one signed object always fits a frame. */
function split<T extends object>(parts: readonly T[], most: number, bytesMax: number): T[][] {
  const cut: T[][] = [];
  for (let rest = parts; rest.length > 0; rest = rest.slice(cut.at(-1)?.length)) {
    cut.push(prefixWithin(rest.slice(0, most), bytesMax));
  }
  return cut;
}

/** The first parts that together have at most `bytesMax` bytes, but at least one part. */
export function prefixWithin<T extends object>(parts: readonly T[], bytesMax: number): T[] {
  let bytes = 0;
  const end = parts.findIndex((part, nth) => {
    bytes += byteLength(JSON.stringify(part));
    return nth > 0 && bytes > bytesMax;
  });
  return end < 0 ? [...parts] : parts.slice(0, end);
}

/** The highest index that the statements of a proof adopt. */
function lastAdoptedIndex({ to, adopted }: RatificationProof): number {
  return adopted.reduce((reach, signed) => Math.max(reach, peekStatement('adopted', signed)?.index ?? 0), to);
}

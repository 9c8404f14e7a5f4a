// Which entries of an offered log stand although replaced devices signed them or voted for them (SPEC GROUP-49). The
// log alone cannot tell: a stolen device can sign entries under indexes from before its replacement.

import type { RatificationProof } from '../frames.js';
import { openStatement } from '../statements.js';
import type { AppliedEntry } from './applied-entry.js';
import type { ForkCandidate } from './fork-candidate.js';
import type { MembershipLog } from './membership-log.js';

/**
 * The index up to which the candidate can be followed: its head, or the last entry before one that needs a replaced
 * device. Entries below a takeover or an adoption by a majority with present devices always stand.
 */
export function followableIndex({ log, ratification, fork }: ForkCandidate): number {
  const fresh = log.entriesFrom(fork + 1);
  const first = fresh.find((applied) => !isByPresentDevices(log, applied));
  if (first === undefined) return log.position.index;
  const confirmed = confirmedIndex(log, ratification.allProofs, first.entry.index);
  const bad = fresh.find((applied) => applied.entry.index > confirmed && !isByPresentDevices(log, applied));
  return bad === undefined ? log.position.index : bad.entry.index - 1;
}

/**
 * The index up to which a reader of the entries after `begin` must read to follow the entry at `end`: `end`, or the
 * takeover with present devices that confirms what replaced devices signed.
 */
export function readableEnd(log: MembershipLog, begin: number, end: number): number {
  const needed = log.entriesFrom(begin + 1).slice(0, Math.max(0, end - begin));
  const bad = needed.findLast((applied) => !isByPresentDevices(log, applied));
  if (bad === undefined) return end;
  const later = log.entriesFrom(bad.entry.index + 1);
  const takeover = later.find((applied) => applied.entry.op.do === 'takeover' && isByPresentDevices(log, applied));
  return Math.max(end, takeover?.entry.index ?? end);
}

/** The last index that a takeover or an adoption by a majority with present devices includes; 0 if there is none. */
function confirmedIndex(log: MembershipLog, proofs: readonly RatificationProof[], from: number): number {
  const takeover = log.entriesFrom(from + 1).findLast((applied) => {
    return applied.entry.op.do === 'takeover' && isByPresentDevices(log, applied);
  });
  const adopted = proofs.filter(({ to }) => to >= from && log.at(to) !== null).map((proof) => adoptedIndex(log, proof));
  return Math.max(takeover?.entry.index ?? 0, ...adopted);
}

/** The index of the proof if a majority has adopted it with present devices, else 0. */
function adoptedIndex(log: MembershipLog, { to, adopted }: RatificationProof): number {
  const users = new Set<string>();
  for (const signed of adopted) {
    const statement = openStatement('adopted', signed, log.dependencies.primitives);
    if (statement === null || statement.group !== log.group || statement.index < to || !log.has(statement)) continue;
    const { by, device, index } = statement;
    if (log.signerOf(by, device, index) !== null && !log.isReplaced(by, device, index)) users.add(by);
  }
  return log.isMajority((user) => users.has(user), to, to) ? to : 0;
}

/** True iff neither the author nor a needed voter used a device that was replaced. */
function isByPresentDevices(log: MembershipLog, { entry }: AppliedEntry): boolean {
  const before = entry.index - 1;
  if (log.isReplaced(entry.by, entry.device, before)) return false;
  if (entry.op.do !== 'takeover') return true;
  const users = new Set<string>();
  for (const signed of entry.op.votes) {
    const vote = openStatement('vote', signed, log.dependencies.primitives);
    if (vote !== null && !log.isReplaced(vote.by, vote.device, before)) users.add(vote.by);
  }
  return log.isMajority((user) => users.has(user), before, before);
}

// The records of members that this member sends to others (SPEC, "Replaced devices" and "Sync").

import { LIMITS } from '../../kit/limits.js';
import type { Signed } from '../../kit/signed.js';
import type { RatificationProof } from '../frames.js';
import type { AppliedEntry } from '../log/applied-entry.js';
import { prefixWithin } from '../log/entry-batches.js';
import type { MemberContext } from './member-context.js';

/** The records that have other devices than the log, as far as they fit into one sync (SPEC GROUP-48). */
export function newerRecords({ deviceChanges }: MemberContext): Signed[] {
  const newer = deviceChanges.map(({ newest }) => newest.signed);
  return prefixWithin(newer.slice(0, LIMITS.groupNewerRecordsMax), LIMITS.groupBatchBytes);
}

/** First the records that it takes to verify these entries, then the newest record of each member. */
export function recordsFor(
  context: MemberContext,
  entries: readonly Signed[],
  proofs: readonly RatificationProof[],
): Signed[] {
  const { log } = context;
  const newest = new Set(
    [...log.members.values()].map(({ user, key }) => log.roster.newest(user, key)?.signed.payload),
  );
  const needed = recordsToVerify(context, entries, proofs);
  const others = missingRecords(context).filter((record) => newest.has(record.payload) && !needed.includes(record));
  return [...needed, ...others];
}

/** The records that it takes to verify these entries. */
export function recordsToVerify(
  context: MemberContext,
  entries: readonly Signed[],
  proofs: readonly RatificationProof[],
): Signed[] {
  const signed = JSON.stringify([entries, proofs]);
  const isNeeded = (record: Signed): boolean =>
    context.dependencies.readRecord(record)?.devices.some(({ device }) => signed.includes(device)) ?? false;
  return missingRecords(context).filter(isNeeded);
}

/** The records that prove these devices and that no entry of the log carries (SPEC GROUP-57). */
export function recordsBesideLog({ log, dependencies }: MemberContext, devices: ReadonlySet<string>): Signed[] {
  const inLog = new Set(log.entriesFrom(0).flatMap(({ entry: { op } }) => ('record' in op ? op.record.payload : [])));
  return log.roster.provingRecords().filter((record) => {
    const lists = dependencies.readRecord(record)?.devices ?? [];
    return !inLog.has(record.payload) && lists.some(({ device }) => devices.has(device));
  });
}

/** The records that prove the owner of a device and that no reader of the log has in time. */
export function missingRecords({ log }: MemberContext): Signed[] {
  // The record of a `devices` entry is needed before that entry: its devices may have signed earlier ones.
  const isInTime = ({ entry: { op } }: AppliedEntry): string[] =>
    op.do === 'create' || op.do === 'add' ? [op.record.payload] : [];
  const known = new Set(log.entriesFrom(0).flatMap(isInTime));
  return log.roster.provingRecords().filter(({ payload }) => !known.has(payload));
}

// Verifies one record (SPEC.md): the name server before it stores the record, a client before it replaces a pinned one.

import { byteLength, parseJson } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';
import type { Instant } from '../kit/machine.js';
import { isName } from '../kit/names.js';
import type { Primitives } from '../kit/primitives.js';
import { Refusal, type Outcome } from '../kit/refusals.js';
import { compileShape } from '../kit/shapes.js';
import { openSigned, Signed } from '../kit/signed.js';
import { isTombstone, recordShape, type UserRecord } from './record.js';
import { areDevicesProven } from './record-signing.js';

/** The stored record of a name. `storedAt`: when it arrived, by the clock of the server. */
export interface StoredRecord {
  readonly record: UserRecord;
  readonly signed: Signed;
  readonly storedAt: Instant;
}

/** A record that may be stored. `new`: the name was free or reserved. `same`: this exact record is stored already. */
export interface VerifiedRecord {
  readonly change: 'new' | 'newer' | 'same';
  readonly record: UserRecord;
  readonly signed: Signed;
}

export interface VerificationContext {
  /** The name under which the record was sent, as typed. */
  readonly name: string;
  readonly now: Instant;
  readonly primitives: Primitives;
}

/** How a record compares to the pinned one. Only `newer` may replace it without the user's confirmation. */
export type RecordComparison = 'newer' | 'same' | 'older' | 'key-changed' | 'invalid';

const signedShape = compileShape(Signed);

/** Checks whether a record may be stored under a name, in the order of [DIR-2]. */
export function verifyRecord(
  stored: StoredRecord | null,
  offered: unknown,
  context: VerificationContext,
): Outcome<VerifiedRecord> {
  const { name, now, primitives } = context;
  if (!signedShape.accepts(offered)) return new Refusal('MALFORMED', 'a record is {payload, signature}');
  const record = parseRecord(offered, name);
  if (record instanceof Refusal) return record;
  if (!isName(record.name)) return new Refusal('NAME_INVALID', record.name);
  if (!isStored(stored, offered) && !isSignedByAllKeys(record, offered, primitives))
    return new Refusal('SIGNATURE_INVALID', name);
  if (isTombstone(record) && stored?.record.key !== record.key && isNameFree(stored, now))
    return new Refusal('USER_UNKNOWN', name);
  const change = changeOf(isNameFree(stored, now) ? null : stored, record, offered);
  return change instanceof Refusal ? change : { change, record, signed: offered };
}

/** True iff any key may register the name: it has no record, or its tombstone is old enough. */
export function isNameFree(stored: StoredRecord | null, now: Instant): boolean {
  return stored === null || (isTombstone(stored.record) && now - stored.storedAt >= LIMITS.nameReservedMs);
}

/**
 * The record in a signed object, or null if it is malformed, or not signed by the key that it names, or if a device in
 * it does not prove that it belongs there. Every record of another user passes here before it is used.
 */
export function readRecord(signed: Signed, primitives: Primitives): UserRecord | null {
  const record = parseRecord(signed, null);
  if (record instanceof Refusal || !isName(record.name)) return null;
  return isSignedByAllKeys(record, signed, primitives) ? record : null;
}

/** Compares a signed record with the pinned one. `older` includes a record of equal version with different content. */
export function compareRecord(pinned: UserRecord, signed: Signed, primitives: Primitives): RecordComparison {
  const record = readRecord(signed, primitives);
  if (record === null || record.name !== pinned.name) return 'invalid';
  if (record.key !== pinned.key) return 'key-changed';
  if (record.version > pinned.version) return 'newer';
  return JSON.stringify(record) === JSON.stringify(pinned) ? 'same' : 'older';
}

function parseRecord(signed: Signed, name: string | null): Outcome<UserRecord> {
  if (byteLength(signed.payload) > LIMITS.recordBytes) return new Refusal('TOO_LARGE', 'a record has at most 16 KiB');
  const record = parseJson(signed.payload);
  if (!recordShape.accepts(record)) return new Refusal('MALFORMED', 'the payload is not a record');
  if (name !== null && record.name.toLowerCase() !== name.toLowerCase()) {
    return new Refusal('MALFORMED', 'the record is for another name');
  }
  const keys = new Set(record.devices.map(({ device }) => device));
  return keys.size === record.devices.length ? record : new Refusal('MALFORMED', 'a device is listed twice');
}

/** A client shows its record at every session, and what is stored was verified. */
function isStored(stored: StoredRecord | null, { payload, signature }: Signed): boolean {
  return stored !== null && stored.signed.payload === payload && stored.signed.signature === signature;
}

/** The identity key is checked first: the proofs of the devices are worth their cost only in a genuine record. */
function isSignedByAllKeys(record: UserRecord, signed: Signed, primitives: Primitives): boolean {
  const opened = openSigned('record', signed, { key: record.key, shape: recordShape, primitives });
  return opened !== null && areDevicesProven(opened, primitives);
}

function changeOf(stored: StoredRecord | null, record: UserRecord, signed: Signed): Outcome<VerifiedRecord['change']> {
  if (stored === null) return isTombstone(record) ? 'newer' : 'new';
  if (stored.record.key !== record.key) return new Refusal('NAME_TAKEN', record.name);
  if (stored.signed.payload === signed.payload) return 'same';
  if (record.version <= stored.record.version) return new Refusal('RECORD_STALE', record.name);
  return isTombstone(stored.record) && !isTombstone(record) ? 'new' : 'newer';
}

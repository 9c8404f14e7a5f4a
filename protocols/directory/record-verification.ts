// Judges one record (SPEC.md): the name server asks whether to hold it, a client whether it extends the pinned one.

import { byteLength, parseJson } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';
import type { Instant } from '../kit/machine.js';
import { isName } from '../kit/names.js';
import type { Primitives } from '../kit/primitives.js';
import { Refusal, type Outcome } from '../kit/refusals.js';
import { compileShape } from '../kit/shapes.js';
import { openSigned, Signed } from '../kit/signed.js';
import { isTombstone, recordShape, type UserRecord } from './record.js';

/** What is held for a name. `heldAt`: when it came, by the clock of who holds it. */
export interface StoredRecord {
  readonly record: UserRecord;
  readonly signed: Signed;
  readonly storedAt: Instant;
}

/** A record that may be kept. `new`: the name had nobody before. `same`: held already, word for word. */
export interface VerifiedRecord {
  readonly change: 'new' | 'newer' | 'same';
  readonly record: UserRecord;
  readonly signed: Signed;
}

export interface VerificationContext {
  /** The name it was offered under, as typed. */
  readonly name: string;
  readonly now: Instant;
  readonly primitives: Primitives;
}

/** What a record is to the one a client has pinned. Only `newer` may take its place without asking the user. */
export type RecordComparison = 'newer' | 'same' | 'older' | 'key-changed' | 'invalid';

const signedShape = compileShape(Signed);

/** May this record be held under this name? Checks in the order of [DIR-2]. */
export function verifyRecord(
  held: StoredRecord | null,
  offered: unknown,
  circumstances: VerificationContext,
): Outcome<VerifiedRecord> {
  const { name, now, primitives } = circumstances;
  if (!signedShape.accepts(offered)) return new Refusal('MALFORMED', 'a record is {payload, signature}');
  const record = parseRecord(offered, name);
  if (record instanceof Refusal) return record;
  if (!isName(record.name)) return new Refusal('NAME_INVALID', record.name);
  if (!isSignedByItsKey(record, offered, primitives)) return new Refusal('SIGNATURE_INVALID', name);
  if (isTombstone(record) && held?.record.key !== record.key && isNameFree(held, now))
    return new Refusal('USER_UNKNOWN', name);
  const change = changeOf(isNameFree(held, now) ? null : held, record, offered);
  return change instanceof Refusal ? change : { change, record, signed: offered };
}

/** True iff anybody may take the name: nobody has it, or its owner gave it up long enough ago. */
export function isNameFree(held: StoredRecord | null, now: Instant): boolean {
  return held === null || (isTombstone(held.record) && now - held.storedAt >= LIMITS.nameReservedMs);
}

/** The record of a signed object if it is well-formed and signed by the key it names, else null. */
export function readRecord(signed: Signed, primitives: Primitives): UserRecord | null {
  const record = parseRecord(signed, null);
  if (record instanceof Refusal || !isName(record.name)) return null;
  return isSignedByItsKey(record, signed, primitives) ? record : null;
}

/**
 * Does a signed record extend the one pinned? A record that is no newer, or says something else as no newer, is
 * `older`.
 */
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

function isSignedByItsKey(record: UserRecord, signed: Signed, primitives: Primitives): boolean {
  return openSigned('record', signed, { key: record.key, shape: recordShape, primitives }) !== null;
}

function changeOf(held: StoredRecord | null, record: UserRecord, signed: Signed): Outcome<VerifiedRecord['change']> {
  if (held === null) return isTombstone(record) ? 'newer' : 'new';
  if (held.record.key !== record.key) return new Refusal('NAME_TAKEN', record.name);
  if (held.signed.payload === signed.payload) return 'same';
  if (record.version <= held.record.version) return new Refusal('RECORD_STALE', record.name);
  return isTombstone(held.record) && !isTombstone(record) ? 'new' : 'newer';
}

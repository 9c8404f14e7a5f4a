// Tests the verification of records: which may be stored under a name, and which may replace a pinned one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal, type RefusalCode } from '../../../protocols/kit/refusals.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import {
  compareRecord,
  verifyRecord,
  readRecord,
  type StoredRecord,
} from '../../../protocols/directory/record-verification.js';
import { primitives } from '../../../runtime/crypto.js';
import { Person } from '../../nameserver/person.js';

const NOW = 1_000_000;
const alice = new Person('alice');
const thief = new Person('alice');

function judge(held: StoredRecord | null, offered: unknown, name = 'alice', now = NOW) {
  return verifyRecord(held, offered, { name, now, primitives });
}

function held(signed: Signed, heldAt = NOW): StoredRecord {
  const record = readRecord(signed, primitives);
  assert.ok(record);
  return { record, signed, storedAt: heldAt };
}

function assertRefused(outcome: unknown, code: RefusalCode) {
  assert.ok(outcome instanceof Refusal, `accepted, instead of ${code}`);
  assert.equal(outcome.code, code);
}

function changeOf(outcome: ReturnType<typeof judge>) {
  assert.ok(!(outcome instanceof Refusal), outcome instanceof Refusal ? outcome.code : '');
  return outcome.change;
}

test('[DIR-1] a record is accepted only if its own key signed this text as a record', () => {
  const signed = alice.record();
  const otherText = { ...signed, payload: signed.payload.replace('"version":1', '"version":2') };
  const otherSlot = signObject('server', JSON.parse(signed.payload) as object, alice.identity, primitives);
  assert.equal(changeOf(judge(null, signed)), 'new');
  assertRefused(judge(null, otherText), 'SIGNATURE_INVALID');
  assertRefused(judge(null, otherSlot), 'SIGNATURE_INVALID');
  assertRefused(judge(null, { ...signed, signature: thief.record().signature }), 'SIGNATURE_INVALID');
});

test('[DIR-2] of several faults, the first in the order of checks is reported', () => {
  const holder = held(alice.record({ version: 5 }));
  const forged = (signed: Signed) => ({ ...signed, signature: alice.record().signature });
  assertRefused(judge(holder, { payload: '{}', signature: 'no' }), 'MALFORMED');
  assertRefused(judge(holder, forged(thief.record({ name: 'Alice!' })), 'Alice!'), 'NAME_INVALID');
  assertRefused(judge(holder, forged(thief.record())), 'SIGNATURE_INVALID');
  assertRefused(judge(holder, thief.record()), 'NAME_TAKEN');
  assertRefused(judge(holder, alice.record({ version: 5, at: 1 })), 'RECORD_STALE');
});

test('[DIR-2] a record above 16 KiB is refused with TOO_LARGE', () => {
  const payload = `${' '.repeat(LIMITS.recordBytes)}${alice.record().payload}`;
  assertRefused(judge(null, { ...alice.record(), payload }), 'TOO_LARGE');
});

test('[DIR-3] for a free name any version is accepted', () => {
  assert.equal(changeOf(judge(null, alice.record({ version: 77 }))), 'new');
});

test('[DIR-4] a held name is renewed by the same key with a higher version', () => {
  assert.equal(changeOf(judge(held(alice.record({ version: 2 })), alice.record({ version: 3 }))), 'newer');
});

test('[DIR-5] the identical record again changes nothing', () => {
  const signed = alice.record({ version: 2 });
  assert.equal(changeOf(judge(held(signed), signed)), 'same');
});

test('[DIR-5] the stored record again costs no verification, unless its signature is another one', () => {
  const stored = held(alice.record());
  const fails = (): never => assert.fail('a signature was verified');
  const again = verifyRecord(stored, stored.signed, {
    name: 'alice',
    now: NOW,
    primitives: { ...primitives, verify: fails },
  });
  assert.equal(changeOf(again), 'same');
  const { signature } = alice.record({ version: 2 });
  assertRefused(judge(stored, { ...stored.signed, signature }), 'SIGNATURE_INVALID');
});

test('[DIR-6] another key, or other content without a higher version, is refused', () => {
  const holder = held(alice.record({ version: 2 }));
  assertRefused(judge(holder, thief.record({ version: 9 })), 'NAME_TAKEN');
  assertRefused(judge(holder, alice.record({ version: 2, at: 9 })), 'RECORD_STALE');
  assertRefused(judge(holder, alice.record({ version: 1 })), 'RECORD_STALE');
});

test('[DIR-7] an unregistered name is reserved for its old key for a year', () => {
  const resting = held(alice.tombstone(2), NOW);
  const yearLater = NOW + LIMITS.nameReservedMs;
  assertRefused(judge(resting, thief.record(), 'alice', yearLater - 1), 'NAME_TAKEN');
  assert.equal(changeOf(judge(resting, alice.record({ version: 3 }))), 'new');
  assert.equal(changeOf(judge(resting, thief.record(), 'alice', yearLater)), 'new');
});

test('[DIR-7] a tombstone does not count as a new registration', () => {
  assert.equal(changeOf(judge(held(alice.record()), alice.tombstone(2))), 'newer');
});

test('[DIR-12] a tombstone for a name that its key never held is refused', () => {
  assertRefused(judge(null, alice.tombstone(1)), 'USER_UNKNOWN');
  const resting = held(thief.tombstone(2));
  assertRefused(judge(resting, alice.tombstone(3), 'alice', NOW + LIMITS.nameReservedMs), 'USER_UNKNOWN');
  assert.equal(changeOf(judge(held(alice.tombstone(2)), alice.tombstone(3))), 'newer');
});

test('[DIR-8] a record with another name, or with a repeated device, is malformed', () => {
  assertRefused(judge(null, alice.record(), 'bob'), 'MALFORMED');
  assertRefused(judge(null, alice.record({ devices: [alice.deviceKey, alice.deviceKey] })), 'MALFORMED');
});

test('[DIR-9] only a newer record of the same name and key may replace the pinned one', () => {
  const pinned = held(alice.record({ version: 3 })).record;
  const extend = (signed: Signed) => compareRecord(pinned, signed, primitives);
  assert.equal(extend(alice.record({ version: 4 })), 'newer');
  assert.equal(extend(alice.record({ version: 3 })), 'same');
  assert.equal(extend(alice.record({ version: 3, at: 5 })), 'older');
  assert.equal(extend(alice.record({ version: 2 })), 'older');
  assert.equal(extend(thief.record({ version: 4 })), 'key-changed');
  assert.equal(extend(alice.record({ version: 4, name: 'bob' })), 'invalid');
  assert.equal(extend({ ...alice.record({ version: 4 }), signature: alice.record().signature }), 'invalid');
});

test('verification returns an outcome for any input', () => {
  const payload = fc.oneof(
    fc.json(),
    fc.string(),
    fc.jsonValue().map((value) => JSON.stringify(value)),
  );
  const signature = fc.oneof(fc.string(), fc.constant(alice.record().signature));
  const offered = fc.oneof(fc.anything(), fc.record({ payload, signature }));
  fc.assert(
    fc.property(offered, fc.string(), (value, name) => {
      assert.ok(judge(held(alice.record()), value, name) instanceof Refusal);
    }),
    { numRuns: 500 },
  );
});

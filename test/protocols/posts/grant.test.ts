// Tests grants: for whom they are valid, by which device, and until when.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { grantHeader, isGrantValid, readGrantHeader, signGrant } from '../../../protocols/posts/grant.js';
import { fakeKey, fakePrimitives } from '../../sim/kernel/fake-primitives.js';
import { ALICE, DEVICE } from './samples.js';

const NOW = 1_000_000_000_000;
const BOB = { name: 'bob', key: fakeKey('bob').publicKey };
const signed = signGrant({ author: 'alice', friend: BOB, now: NOW }, DEVICE, fakePrimitives);
const right = { author: 'alice', devices: [ALICE.device], friend: BOB, now: NOW };
const holds = (changes: Partial<typeof right>, grant = signed): boolean =>
  isGrantValid(grant, { ...right, ...changes }, fakePrimitives);

test('[POST-28] a grant is valid for its friend, signed by a device of its author, for 30 days', () => {
  assert.ok(holds({}));
  assert.ok(holds({ now: NOW + LIMITS.postGrantMs }));
  assert.ok(!holds({ now: NOW + LIMITS.postGrantMs + 1 }));
  assert.ok(!holds({ devices: [] }));
  assert.ok(!holds({ devices: [fakeKey('another').publicKey] }));
});

test('[POST-30] a grant is not valid for another user, author, device or key', () => {
  assert.ok(!holds({ friend: { ...BOB, name: 'carol' } }));
  assert.ok(!holds({ friend: { ...BOB, key: fakeKey('carol').publicKey } }));
  assert.ok(!holds({ author: 'dave' }));
  assert.ok(!holds({}, { ...signed, payload: signed.payload.replace('bob', 'bib') }));
});

test('[POST-28] a grant for more than 30 days is invalid', () => {
  assert.ok(!holds({ now: NOW - LIMITS.clockSkewMs - 1 }));
});

test('[POST-30] a grant travels as a header; a malformed header is null', () => {
  assert.deepEqual(readGrantHeader(grantHeader(signed)), signed);
  const property = fc.property(fc.oneof(fc.string(), fc.base64String()), (value) => {
    const grant = readGrantHeader(value);
    assert.ok(grant === null || !holds({}, grant));
  });
  fc.assert(property);
  assert.equal(readGrantHeader('A'.repeat(LIMITS.postGrantHeaderBytes + 4)), null);
});

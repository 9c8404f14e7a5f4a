// Proofs for oneself: the same after every start, and valid for one message, one lane and one author.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownProofsKey, OwnProofs } from '../../../protocols/kit/own-proofs/own-proofs.js';
import { IdText, compileShape } from '../../../protocols/kit/shapes.js';
import { makeSigningKey, primitives } from '../../../runtime/crypto.js';

const identity = makeSigningKey();
const proofs = new OwnProofs(ownProofsKey(identity, primitives), primitives);
const LANE = { conversation: 'C'.repeat(22), device: 'D'.repeat(43) };
const MESSAGE = { seq: 3, id: 'I'.repeat(22) };

test('[CHAT-24] a proof is the same after every start and fits the wire', () => {
  const proof = proofs.ofMessage(LANE, MESSAGE);
  assert.equal(new OwnProofs(ownProofsKey(identity, primitives), primitives).ofMessage(LANE, MESSAGE), proof);
  assert.ok(compileShape(IdText).accepts(proof));
  assert.ok(proofs.isOwnMessage(LANE, { ...MESSAGE, proof }));
  const heard = proofs.ofHeard(LANE, { seq: 3 });
  assert.ok(proofs.isOwnHeard(LANE, { seq: 3, proof: heard }));
});

test('[CHAT-24] a proof holds for one message, and not as an acknowledgement', () => {
  const proof = proofs.ofMessage(LANE, MESSAGE);
  const heard = proofs.ofHeard(LANE, { seq: 3 });
  assert.ok(!proofs.isOwnMessage({ ...LANE, conversation: 'c'.repeat(22) }, { ...MESSAGE, proof }));
  assert.ok(!proofs.isOwnMessage({ ...LANE, device: 'd'.repeat(43) }, { ...MESSAGE, proof }));
  assert.ok(!proofs.isOwnMessage(LANE, { ...MESSAGE, seq: 4, proof }));
  assert.ok(!proofs.isOwnMessage(LANE, { ...MESSAGE, id: 'i'.repeat(22), proof }));
  assert.ok(!proofs.isOwnMessage(LANE, { ...MESSAGE, proof: heard }));
  assert.ok(!proofs.isOwnHeard(LANE, { seq: 3, proof }));
  assert.ok(!proofs.isOwnHeard(LANE, { seq: 4, proof: heard }));
  assert.ok(!proofs.isOwnHeard(LANE, { seq: 3, proof: '' }));
});

test('[CHAT-24] another identity makes other proofs', () => {
  const other = new OwnProofs(ownProofsKey(makeSigningKey(), primitives), primitives);
  assert.ok(!proofs.isOwnMessage(LANE, { ...MESSAGE, proof: other.ofMessage(LANE, MESSAGE) }));
});

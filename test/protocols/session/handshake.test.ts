// Tests the verification of session proofs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import { verifyProof } from '../../../protocols/session/handshake.js';
import { makeSigningKey, primitives } from '../../../runtime/crypto.js';
import { Person } from '../../nameserver/person.js';

const alice = new Person('alice');
const server = makeSigningKey().publicKey;
const challenge = makeSigningKey().publicKey;
const other = makeSigningKey().publicKey;

function judge(proof: Signed, lastBoot = 0) {
  return verifyProof(proof, {
    server,
    challenge,
    primitives,
    devicesOf: (name) => (name === 'alice' ? [alice.device] : null),
    bootOf: () => lastBoot,
  });
}

function codeOf(proof: Signed, lastBoot = 0): string {
  const outcome = judge(proof, lastBoot);
  return outcome instanceof Refusal ? outcome.code : 'fine';
}

test('[SESS-2] a proof for another server or another challenge is refused', () => {
  assert.equal(codeOf(alice.proof({ server, challenge, boot: 1 })), 'fine');
  assert.equal(codeOf(alice.proof({ server: other, challenge, boot: 1 })), 'SESSION_REFUSED');
  assert.equal(codeOf(alice.proof({ server, challenge: other, boot: 1 })), 'SESSION_REFUSED');
});

test('[SESS-3] only a device of the current record can open a session, by its own signature', () => {
  const claim = { server, challenge, boot: 1 };
  const borrowed = { ...claim, name: 'alice', device: alice.device };
  assert.equal(codeOf(alice.proof(claim, makeSigningKey())), 'SESSION_REFUSED');
  assert.equal(codeOf(signObject('session', borrowed, makeSigningKey(), primitives)), 'SESSION_REFUSED');
  assert.equal(codeOf(signObject('server', borrowed, alice.deviceKey, primitives)), 'SESSION_REFUSED');
  assert.equal(codeOf(new Person('nobody').proof(claim)), 'USER_UNKNOWN');
});

test('[SESS-4] a boot number that does not increase is refused with RESTORED', () => {
  assert.equal(codeOf(alice.proof({ server, challenge, boot: 7 }), 6), 'fine');
  assert.equal(codeOf(alice.proof({ server, challenge, boot: 7 }), 7), 'RESTORED');
  assert.equal(codeOf(alice.proof({ server, challenge, boot: 7 }), 8), 'RESTORED');
});

test('[SESS-7] a signed object of another shape is malformed', () => {
  assert.equal(codeOf({ payload: '{"server":1}', signature: alice.record().signature }), 'MALFORMED');
  assert.equal(codeOf({ payload: '{', signature: alice.record().signature }), 'MALFORMED');
});

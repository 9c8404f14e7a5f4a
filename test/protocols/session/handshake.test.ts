// Tests the verification of the proofs of servers and clients.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import { verifyProof } from '../../../protocols/session/handshake.js';
import { verifyServer, type ClientConnection } from '../../../protocols/kit/server-proof/server-proof.js';
import type { ServerProof } from '../../../protocols/kit/server-proof/messages.js';
import { makeSigningKey, primitives } from '../../../runtime/crypto.js';
import { Person } from '../../nameserver/person.js';
import { claimOf, NONCE, ORIGIN } from '../../nameserver/session-offer.js';

const alice = new Person('alice');
const serverKey = makeSigningKey();
const server = serverKey.publicKey;
const challenge = makeSigningKey().publicKey;
const other = makeSigningKey().publicKey;
const offer: ServerProof = { server, origin: ORIGIN, nonce: NONCE, challenge, exporter: null };
const claim = { ...claimOf(offer), boot: 1 };
const connection = { nonce: NONCE, origin: ORIGIN, exporter: null };

function judge(proof: Signed, lastBoot = 0) {
  return verifyProof(proof, {
    offer,
    primitives,
    devicesOf: (name) => (name === 'alice' ? [alice.device] : null),
    bootOf: () => lastBoot,
  });
}

function codeOf(proof: Signed, lastBoot = 0): string {
  const outcome = judge(proof, lastBoot);
  return outcome instanceof Refusal ? outcome.code : 'fine';
}

test('[SESS-2] a proof for another server, origin, challenge or connection is refused', () => {
  assert.equal(codeOf(alice.proof(claim)), 'fine');
  for (const change of [{ server: other }, { origin: 'http://evil.test' }, { challenge: other }, { exporter: other }])
    assert.equal(codeOf(alice.proof({ ...claim, ...change })), 'SESSION_REFUSED');
});

/** The verdict of the client about a challenge that states the server's key and is signed by `key`. */
function isProven(signed: object, key = serverKey, own: ClientConnection = connection): boolean {
  const proof = signObject('session_offer', signed, key, primitives);
  return verifyServer({ type: 'challenge', server, proof }, own, primitives) !== null;
}

test('[SESS-22] a server that does not hold the key that it states proves nothing', () => {
  assert.ok(isProven(offer));
  assert.equal(isProven(offer, makeSigningKey()), false);
  assert.equal(isProven({ ...offer, server: other }), false);
});

test('[SESS-22] a proof for another nonce, origin or TLS connection is a replay', () => {
  for (const change of [{ nonce: other }, { origin: 'http://evil.test' }, { exporter: other }])
    assert.equal(isProven({ ...offer, ...change }), false);
  const tls = { ...connection, exporter: other };
  assert.ok(isProven({ ...offer, exporter: other }, serverKey, tls));
  assert.equal(isProven({ ...offer, exporter: server }, serverKey, tls), false);
  assert.ok(isProven(offer, serverKey, tls), 'a server behind a proxy signs no exporter');
});

test('[SESS-3] only a device of the current record can open a session, by its own signature', () => {
  const borrowed = { ...claim, name: 'alice', device: alice.device };
  assert.equal(codeOf(alice.proof(claim, makeSigningKey())), 'SESSION_REFUSED');
  assert.equal(codeOf(signObject('session', borrowed, makeSigningKey(), primitives)), 'SESSION_REFUSED');
  assert.equal(codeOf(signObject('server', borrowed, alice.deviceKey, primitives)), 'SESSION_REFUSED');
  assert.equal(codeOf(new Person('unknown').proof(claim)), 'USER_UNKNOWN');
});

test('[SESS-4] a boot number that does not increase is refused with RESTORED', () => {
  assert.equal(codeOf(alice.proof({ ...claim, boot: 7 }), 6), 'fine');
  assert.equal(codeOf(alice.proof({ ...claim, boot: 7 }), 7), 'RESTORED');
  assert.equal(codeOf(alice.proof({ ...claim, boot: 7 }), 8), 'RESTORED');
});

test('[SESS-7] a signed object of another shape is malformed', () => {
  assert.equal(codeOf({ payload: '{"server":1}', signature: alice.record().signature }), 'MALFORMED');
  assert.equal(codeOf({ payload: '{', signature: alice.record().signature }), 'MALFORMED');
});

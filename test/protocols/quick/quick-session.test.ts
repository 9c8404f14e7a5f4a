// Tests the datagrams of a quick session: keys, counters, replay window and forgeries.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toBase64url } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { QuickContent } from '../../../protocols/quick/content.js';
import { QuickSession, sessionIdOf } from '../../../protocols/quick/quick-session.js';
import { primitives } from '../../../runtime/crypto.js';

const id = toBase64url(new Uint8Array(16));
const hi: QuickContent = { type: 'text', id, at: 1, lamport: 1, endsMs: 7_000, text: 'hi' };
const exported = Uint8Array.from({ length: LIMITS.linkKeyingBytes }, (_, k) => k);

function pair(material: Uint8Array = exported): { dialler: QuickSession; listener: QuickSession } {
  const session = (weDialled: boolean) => new QuickSession(material, weDialled, 0, primitives);
  return { dialler: session(true), listener: session(false) };
}

/** Opens a datagram by the session id in its header, as the engine does. */
function openAt(session: QuickSession, datagram: Uint8Array): QuickContent | null {
  return sessionIdOf(datagram) === session.incomingId ? session.open(datagram) : null;
}

test('[QUICK-1] both ends of a link can open the datagrams of the other end', () => {
  const { dialler, listener } = pair();
  assert.deepEqual(openAt(listener, dialler.seal(hi)), hi);
  assert.deepEqual(openAt(dialler, listener.seal(hi)), hi);
});

test('[QUICK-1] a side cannot open its own datagrams or those of another link', () => {
  const { dialler } = pair();
  assert.equal(openAt(dialler, dialler.seal(hi)), null);
  const other = pair(exported.map((byte) => byte ^ 1));
  assert.equal(openAt(other.listener, dialler.seal(hi)), null);
  assert.equal(other.listener.open(dialler.seal(hi)), null);
});

test('[QUICK-1] a datagram with one changed bit, header included, does not open', () => {
  const bits = 8 * (18 + 17 + 16 + 2 + 16);
  fc.assert(
    fc.property(fc.nat(bits - 1), (bit) => {
      const { dialler, listener } = pair();
      const datagram = dialler.seal(hi);
      datagram[bit >> 3] = (datagram[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(openAt(listener, datagram), null);
    }),
    { numRuns: 300 },
  );
});

test('[QUICK-2] a repeated text uses a new counter and other bytes', () => {
  const { dialler } = pair();
  const datagrams = Array.from({ length: 50 }, () => dialler.seal(hi));
  const counters = datagrams.map((datagram) => Buffer.from(datagram).readBigUInt64BE(10));
  assert.deepEqual(
    counters,
    counters.map((_, k) => BigInt(k + 1)),
  );
  assert.equal(new Set(datagrams.map(toBase64url)).size, 50);
});

test('[QUICK-2] the nonce is the base XOR the counter', () => {
  const nonces: Uint8Array[] = [];
  const noting = {
    ...primitives,
    aeadSeal: (key: Uint8Array, nonce: Uint8Array, header: Uint8Array, plain: Uint8Array) => {
      nonces.push(nonce);
      return primitives.aeadSeal(key, nonce, header, plain);
    },
  };
  const session = new QuickSession(exported, true, 0, noting);
  for (let sent = 0; sent < 3; sent += 1) session.seal(hi);
  const base = exported.subarray(40, 52);
  nonces.forEach((nonce, k) => {
    const counter = [...nonce].map((byte, at) => byte ^ (base[at] ?? 0));
    assert.deepEqual(counter, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, k + 1]);
  });
});

test('[QUICK-3] a datagram opens once', () => {
  const { dialler, listener } = pair();
  const datagram = dialler.seal(hi);
  assert.ok(openAt(listener, datagram));
  assert.equal(openAt(listener, datagram), null);
});

test('[QUICK-3] a forgery does not move the window', () => {
  const { dialler, listener } = pair();
  const forged = dialler.seal(hi);
  Buffer.from(forged.buffer).writeBigUInt64BE(2n ** 50n, 10);
  assert.equal(openAt(listener, forged), null);
  assert.ok(openAt(listener, dialler.seal(hi)));
});

test('[QUICK-7] keys are valid for 24 hours', () => {
  const session = new QuickSession(exported, true, 1_000, primitives);
  assert.ok(session.isValid(1_000 + 24 * 3_600_000 - 1));
  assert.ok(!session.isValid(1_000 + 24 * 3_600_000));
});

test('[QUICK-6] the longest text fits one datagram', () => {
  const datagram = pair().dialler.seal({ ...hi, text: 'x'.repeat(LIMITS.quickTextBytes) });
  assert.ok(datagram.length <= LIMITS.datagramBytes);
});

test('[QUICK-1] a datagram of wrong length, version or magic has no session id', () => {
  const datagram = pair().dialler.seal(hi);
  assert.ok(sessionIdOf(datagram));
  assert.equal(sessionIdOf(datagram.subarray(0, 33)), null);
  assert.equal(sessionIdOf(new Uint8Array(0)), null);
  assert.equal(sessionIdOf(Uint8Array.of(0x6b, 1, ...datagram.subarray(2))), null);
  assert.equal(sessionIdOf(Uint8Array.of(0x6c, 2, ...datagram.subarray(2))), null);
  const long = new Uint8Array(LIMITS.datagramBytes + 1);
  long.set(datagram);
  assert.equal(sessionIdOf(long), null);
});

/** The same bytes as Node returns them: a Buffer inside a shared pool. */
function pooled(bytes: Uint8Array): Buffer {
  const pool = Buffer.alloc(bytes.length + 64, 0xaa);
  pool.set(bytes, 32);
  return pool.subarray(32, 32 + bytes.length);
}

test('[QUICK-2] keying material in a Buffer gives a nonce for each counter, and none of its bytes change', () => {
  const nonces: string[] = [];
  const noting = {
    ...primitives,
    aeadSeal: (key: Uint8Array, nonce: Uint8Array, header: Uint8Array, plain: Uint8Array) => {
      nonces.push(toBase64url(nonce));
      return primitives.aeadSeal(key, nonce, header, plain);
    },
  };
  const material = pooled(exported);
  const session = new QuickSession(material, true, 0, noting);
  for (let sent = 0; sent < 300; sent += 1) session.seal(hi);
  assert.equal(new Set(nonces).size, 300);
  assert.deepEqual([...material], [...exported]);
});

test('[QUICK-3] with keying material in a Buffer a lost datagram does not end the direction', () => {
  const { dialler, listener } = pair(pooled(exported));
  dialler.seal(hi); // lost
  assert.deepEqual(listener.open(dialler.seal(hi)), hi);
  dialler.seal(hi);
  dialler.seal(hi);
  assert.deepEqual(listener.open(pooled(dialler.seal(hi))), hi);
});

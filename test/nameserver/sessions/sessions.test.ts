// Tests client sessions: handshake, presence and endings. No sockets; time is a number.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { objectId } from '../../../protocols/kit/signed.js';
import { verifyServer } from '../../../protocols/kit/server-proof/server-proof.js';
import { makeSigningKey, primitives } from '../../../runtime/crypto.js';
import { CoreTestbed } from '../core-testbed.js';
import { Person } from '../person.js';
import { claimOf, hello, NONCE, ORIGIN } from '../session-offer.js';

function testbedWith(...people: Person[]): CoreTestbed {
  const testbed = new CoreTestbed();
  for (const person of people) assert.equal(testbed.register(person), 'new');
  return testbed;
}

function codes(frames: { type: string }[]): string[] {
  return frames.map((frame) => ('code' in frame ? `${frame.type} ${String(frame.code)}` : frame.type));
}

test('[SESS-1] the first frame of the server is a fresh challenge, signed for nonce and origin of the hello', () => {
  const testbed = new CoreTestbed();
  const [first, second] = [testbed.open().offer, testbed.open().offer];
  assert.match(first.challenge, /^[\w-]{43}$/);
  assert.notEqual(first.challenge, second.challenge);
  const [frame] = testbed.take(testbed.request());
  assert.ok(frame?.type === 'challenge');
  const connection = { nonce: NONCE, origin: ORIGIN, exporter: null };
  assert.equal(verifyServer(frame, connection, primitives)?.server, testbed.serverKey.publicKey);
});

/** Hellos that are refused, and why. */
const REFUSED = [
  [hello('http://evil.test:12345'), 'ORIGIN_FOREIGN'],
  [null, 'VERSION_DIFFERS'],
  [{}, 'VERSION_DIFFERS'],
  [{ ...hello(), version: '6' }, 'VERSION_DIFFERS'],
  [{ ...hello(), version: ['7', '7'] }, 'VERSION_DIFFERS'],
  [{ ...hello(), nonce: undefined }, 'MALFORMED'],
  [{ ...hello(), nonce: `${NONCE}A` }, 'MALFORMED'],
  [{ ...hello(), nonce: [NONCE, NONCE] }, 'MALFORMED'],
  [{ ...hello(), origin: `http://${'x'.repeat(LIMITS.originCharacters)}` }, 'MALFORMED'],
  [{ ...hello(), more: '1' }, 'MALFORMED'],
] as const;

test('[SESS-23] a hello for an origin of another server, of another version or shape, is refused', () => {
  const testbed = new CoreTestbed();
  for (const [parameters, code] of REFUSED)
    assert.deepEqual(codes(testbed.take(testbed.request(parameters))), [`refused ${code}`, 'closed']);
});

test('[SESS-31] the server signs once for a request with a valid hello, and not at all for any other', () => {
  let signatures = 0;
  const sign: typeof primitives.sign = (bytes, key) => {
    signatures += 1;
    return primitives.sign(bytes, key);
  };
  const testbed = new CoreTestbed({ primitives: { ...primitives, sign } });
  for (const [parameters] of REFUSED) testbed.request(parameters);
  assert.equal(signatures, 0);
  const { session } = testbed.open();
  testbed.send(session, { type: 'hello', ...hello() });
  assert.equal(signatures, 1);
});

test('[SESS-5] a hello as a frame, as in former versions, ends the session', () => {
  const testbed = new CoreTestbed();
  const { session } = testbed.open();
  const frame = { type: 'hello', version: 5, nonce: NONCE, origin: ORIGIN };
  assert.deepEqual(codes(testbed.send(session, frame)), ['refused MALFORMED', 'closed']);
});

test('[SESS-3] a device that left the record cannot open a session', () => {
  const alice = new Person('alice');
  const testbed = testbedWith(alice);
  testbed.register(alice, alice.record({ version: 2, devices: [makeSigningKey()] }));
  assert.deepEqual(codes(testbed.take(testbed.connect(alice))), ['refused SESSION_REFUSED', 'closed']);
});

test('[SESS-3] a proof for an unregistered name is refused with USER_UNKNOWN', () => {
  const [alice, unknown] = [new Person('alice'), new Person('nobody')];
  const testbed = testbedWith(alice);
  assert.deepEqual(codes(testbed.take(testbed.connect(unknown))), ['refused USER_UNKNOWN', 'closed']);
  testbed.register(alice, alice.tombstone(2));
  assert.deepEqual(codes(testbed.take(testbed.connect(alice))), ['refused USER_UNKNOWN', 'closed']);
});

test('[SESS-4] the boot number is stored with the welcome, and survives restarts and new records', () => {
  const alice = new Person('alice');
  const testbed = testbedWith(alice);
  const codesWithBoot = (boot: number) => {
    const { session, offer } = testbed.open();
    const proof = alice.proof({ ...claimOf(offer), boot });
    return codes(testbed.send(session, { type: 'session', proof }));
  };
  assert.deepEqual(codesWithBoot(5), ['welcome']);
  testbed.restart();
  assert.deepEqual(codesWithBoot(5), ['refused RESTORED', 'closed']);
  assert.deepEqual(codesWithBoot(6), ['welcome']);
  assert.equal(testbed.register(alice, alice.record({ version: 2 })), 'newer');
  assert.deepEqual(codesWithBoot(6), ['refused RESTORED', 'closed']);
});

test('[SESS-32] the welcome names the record in force', () => {
  const alice = new Person('alice');
  const testbed = testbedWith(alice);
  const newer = alice.record({ version: 2 });
  for (const record of [alice.record(), newer]) {
    testbed.register(alice, record);
    const [welcome] = testbed.take(testbed.connect(alice));
    assert.ok(welcome?.type === 'welcome');
    assert.equal(welcome.record, objectId('record', record.payload, primitives));
  }
});

test('[SESS-24] RESTORED shows the last proof that was accepted from this device', () => {
  const alice = new Person('alice');
  const testbed = testbedWith(alice);
  const connect = (boot: number) => {
    const { session, offer } = testbed.open();
    const proof = alice.proof({ ...claimOf(offer), boot });
    return { proof, answer: testbed.send(session, { type: 'session', proof })[0] };
  };
  connect(4);
  const { proof } = connect(5);
  testbed.restart();
  assert.equal(testbed.register(alice, alice.record({ version: 2 })), 'newer');
  assert.deepEqual(connect(5).answer, { type: 'refused', code: 'RESTORED', about: 'alice', proof });
});

test('[SESS-5] a handshake without proof ends after 10 s, one with another frame at once', () => {
  const testbed = new CoreTestbed();
  const silent = testbed.open();
  testbed.pass(LIMITS.sessionHandshakeMs);
  assert.deepEqual(codes(testbed.take(silent.session)), ['refused TIMEOUT', 'closed']);
  const eager = testbed.open();
  assert.deepEqual(codes(testbed.send(eager.session, { type: 'watch', names: [] })), ['refused MALFORMED', 'closed']);
});

test('[SESS-6] the session of a device that leaves the record ends', () => {
  const alice = new Person('alice');
  const testbed = testbedWith(alice);
  const session = testbed.connect(alice);
  testbed.take(session);
  assert.equal(testbed.register(alice, alice.record({ version: 2, devices: [makeSigningKey()] })), 'newer');
  assert.deepEqual(codes(testbed.take(session)), ['refused SESSION_REFUSED', 'closed']);
  assert.equal(testbed.core.presence.isOnline('alice'), false);
});

test('[SESS-6] a user who unregisters is offline and unknown', () => {
  const alice = new Person('alice');
  const testbed = testbedWith(alice);
  const session = testbed.connect(alice);
  testbed.take(session);
  testbed.register(alice, alice.tombstone(2));
  assert.deepEqual(codes(testbed.take(session)), ['refused SESSION_REFUSED', 'closed']);
  testbed.connect(alice);
  assert.equal(testbed.core.presence.isOnline('alice'), false);
});

test('[SESS-7] a malformed frame ends the session, and later frames are ignored', () => {
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  const testbed = testbedWith(alice, bob);
  const session = testbed.connect(alice);
  testbed.take(session);
  assert.deepEqual(codes(testbed.send(session, { type: 'watch', names: ['bob'], more: 1 })), [
    'refused MALFORMED',
    'closed',
  ]);
  assert.deepEqual(testbed.send(session, { type: 'watch', names: ['bob'] }), []);
  assert.equal(testbed.sendLetter(session, bob), 'no answer');
});

test('[SESS-7] no frame throws', () => {
  const alice = new Person('alice');
  const testbed = testbedWith(alice);
  const type = fc.constantFrom('hello', 'session', 'watch', 'letter', 'done', 'pong', 'other');
  const almost = fc.record(
    { type, names: fc.anything(), id: fc.string(), to: fc.string(), body: fc.string(), proof: fc.object() },
    { requiredKeys: ['type'] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.anything(), almost), (frame) => {
      testbed.send(testbed.connect(alice), frame);
      testbed.send(testbed.open().session, frame);
      testbed.pass(LIMITS.sessionHandshakeMs);
    }),
    { numRuns: 200 },
  );
  assert.equal(testbed.register(alice), 'same');
});

test('[SESS-8] silent clients of one network evict only each other', () => {
  const alice = new Person('alice');
  const testbed = testbedWith(alice);
  const inside = testbed.connect(alice);
  const elsewhere = testbed.open('198.51.100.1');
  const silent = Array.from({ length: LIMITS.sessionHandshakesMax - 1 }, () => testbed.open());
  const newcomer = testbed.open('203.0.113.1');
  assert.deepEqual(codes(testbed.take(silent[0]?.session ?? -1)), ['refused SERVER_BUSY', 'closed']);
  testbed.open();
  assert.deepEqual(codes(testbed.take(silent[1]?.session ?? -1)), ['refused SERVER_BUSY', 'closed']);
  for (const { session } of [elsewhere, newcomer]) assert.deepEqual(testbed.take(session), []);
  testbed.pass(LIMITS.sessionHandshakeMs);
  assert.equal(testbed.core.presence.sessionOf('alice', alice.device), inside);
  assert.deepEqual(codes(testbed.take(newcomer.session)), ['refused TIMEOUT', 'closed']);
});

test('watchers are notified of online and offline, with the time last seen', () => {
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  const testbed = testbedWith(alice, bob);
  const watcher = testbed.connect(bob);
  testbed.take(watcher);
  const frames = testbed.send(watcher, { type: 'watch', names: ['alice', 'nobody'] });
  const never = { type: 'presence', online: false, lastSeen: null };
  assert.deepEqual(frames, [
    { ...never, name: 'alice' },
    { ...never, name: 'nobody' },
  ]);
  const session = testbed.connect(alice);
  assert.deepEqual(codes(testbed.take(watcher)), ['presence']);
  testbed.now += 77;
  testbed.put({ type: 'closed', session });
  assert.deepEqual(testbed.take(watcher), [{ type: 'presence', name: 'alice', online: false, lastSeen: testbed.now }]);
});

test('[PRES-5] a second session of a device ends the first with REPLACED', () => {
  const alice = new Person('alice');
  const testbed = testbedWith(alice);
  const older = testbed.connect(alice);
  testbed.take(older);
  const newer = testbed.connect(alice);
  assert.deepEqual(codes(testbed.take(older)), ['refused REPLACED', 'closed']);
  testbed.put({ type: 'closed', session: older });
  assert.equal(testbed.core.presence.sessionOf('alice', alice.device), newer);
});

test('[PRES-3] a session that answers pings stays, a silent one is closed', () => {
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  const testbed = testbedWith(alice, bob);
  const [lively, silent] = [testbed.connect(alice), testbed.connect(bob)];
  for (let time = 0; time < LIMITS.sessionLeaseMs; time += LIMITS.sessionPingMs) {
    testbed.pass(LIMITS.sessionPingMs);
    testbed.put({ type: 'frame', session: lively, frame: { type: 'pong' } });
  }
  assert.deepEqual(codes(testbed.take(silent)), ['welcome', 'ping', 'ping', 'closed']);
  assert.deepEqual([testbed.core.presence.isOnline('alice'), testbed.core.presence.isOnline('bob')], [true, false]);
});

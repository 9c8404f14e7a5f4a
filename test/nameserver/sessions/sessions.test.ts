// Tests client sessions: handshake, presence and endings. No sockets; time is a number.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { makeSigningKey } from '../../../runtime/crypto.js';
import { CoreTestbed } from '../core-testbed.js';
import { Person } from '../person.js';

function worldWith(...people: Person[]): CoreTestbed {
  const world = new CoreTestbed();
  for (const person of people) assert.equal(world.register(person), 'new');
  return world;
}

function codes(frames: { type: string }[]): string[] {
  return frames.map((frame) => ('code' in frame ? `${frame.type} ${String(frame.code)}` : frame.type));
}

test('[SESS-1] each session gets a fresh challenge', () => {
  const world = new CoreTestbed();
  const [first, second] = [world.open(), world.open()];
  assert.match(first.challenge, /^[\w-]{43}$/);
  assert.notEqual(first.challenge, second.challenge);
});

test('[SESS-3] a device that left the record cannot open a session', () => {
  const alice = new Person('alice');
  const world = worldWith(alice);
  world.register(alice, alice.record({ version: 2, devices: [makeSigningKey().publicKey] }));
  assert.deepEqual(codes(world.take(world.enter(alice))), ['refused SESSION_REFUSED', 'closed']);
});

test('[SESS-3] a proof for an unregistered name is refused with USER_UNKNOWN', () => {
  const [alice, nobody] = [new Person('alice'), new Person('nobody')];
  const world = worldWith(alice);
  assert.deepEqual(codes(world.take(world.enter(nobody))), ['refused USER_UNKNOWN', 'closed']);
  world.register(alice, alice.tombstone(2));
  assert.deepEqual(codes(world.take(world.enter(alice))), ['refused USER_UNKNOWN', 'closed']);
});

test('[SESS-4] the boot number is stored with the welcome, and survives restarts and new records', () => {
  const alice = new Person('alice');
  const world = worldWith(alice);
  const greet = (boot: number) => {
    const { session, challenge } = world.open();
    const proof = alice.proof({ server: world.serverKey, challenge, boot });
    return codes(world.send(session, { type: 'session', proof }));
  };
  assert.deepEqual(greet(5), ['welcome']);
  world.restart();
  assert.deepEqual(greet(5), ['refused RESTORED', 'closed']);
  assert.deepEqual(greet(6), ['welcome']);
  assert.equal(world.register(alice, alice.record({ version: 2 })), 'newer');
  assert.deepEqual(greet(6), ['refused RESTORED', 'closed']);
});

test('[SESS-5] a handshake without proof ends after 10 s, one with another frame at once', () => {
  const world = new CoreTestbed();
  const silent = world.open();
  world.pass(LIMITS.sessionHandshakeMs);
  assert.deepEqual(codes(world.take(silent.session)), ['refused TIMEOUT', 'closed']);
  const eager = world.open();
  assert.deepEqual(codes(world.send(eager.session, { type: 'watch', names: [] })), ['refused MALFORMED', 'closed']);
});

test('[SESS-6] the session of a device that leaves the record ends', () => {
  const alice = new Person('alice');
  const world = worldWith(alice);
  const session = world.enter(alice);
  world.take(session);
  assert.equal(world.register(alice, alice.record({ version: 2, devices: [makeSigningKey().publicKey] })), 'newer');
  assert.deepEqual(codes(world.take(session)), ['refused SESSION_REFUSED', 'closed']);
  assert.equal(world.core.presence.isOnline('alice'), false);
});

test('[SESS-6] a user who unregisters is offline and unknown', () => {
  const alice = new Person('alice');
  const world = worldWith(alice);
  const session = world.enter(alice);
  world.take(session);
  world.register(alice, alice.tombstone(2));
  assert.deepEqual(codes(world.take(session)), ['refused SESSION_REFUSED', 'closed']);
  world.enter(alice);
  assert.equal(world.core.presence.isOnline('alice'), false);
});

test('[SESS-7] a malformed frame ends the session, and later frames are ignored', () => {
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  const world = worldWith(alice, bob);
  const session = world.enter(alice);
  world.take(session);
  assert.deepEqual(codes(world.send(session, { type: 'watch', names: ['bob'], more: 1 })), [
    'refused MALFORMED',
    'closed',
  ]);
  assert.deepEqual(world.send(session, { type: 'watch', names: ['bob'] }), []);
  assert.equal(world.leave(session, bob), 'no answer');
});

test('[SESS-7] no frame throws', () => {
  const alice = new Person('alice');
  const world = worldWith(alice);
  const type = fc.constantFrom('session', 'watch', 'letter', 'done', 'pong', 'other');
  const almost = fc.record(
    { type, names: fc.anything(), id: fc.string(), to: fc.string(), body: fc.string(), proof: fc.object() },
    { requiredKeys: ['type'] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.anything(), almost), (frame) => {
      world.send(world.enter(alice), frame);
      world.send(world.open().session, frame);
      world.pass(LIMITS.sessionHandshakeMs);
    }),
    { numRuns: 200 },
  );
  assert.equal(world.register(alice), 'same');
});

test('[SESS-8] silent clients of one network evict only each other', () => {
  const alice = new Person('alice');
  const world = worldWith(alice);
  const inside = world.enter(alice);
  const elsewhere = world.open('198.51.100.1');
  const silent = Array.from({ length: LIMITS.sessionHandshakesMax - 1 }, () => world.open());
  const newcomer = world.open('203.0.113.1');
  assert.notEqual(newcomer.challenge, '');
  assert.deepEqual(codes(world.take(silent[0]?.session ?? -1)), ['refused SERVER_BUSY', 'closed']);
  world.open();
  assert.deepEqual(codes(world.take(silent[1]?.session ?? -1)), ['refused SERVER_BUSY', 'closed']);
  for (const { session } of [elsewhere, newcomer]) assert.deepEqual(world.take(session), []);
  world.pass(LIMITS.sessionHandshakeMs);
  assert.equal(world.core.presence.sessionOf('alice', alice.device), inside);
  assert.deepEqual(codes(world.take(newcomer.session)), ['refused TIMEOUT', 'closed']);
});

test('watchers are notified of online and offline, with the time last seen', () => {
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  const world = worldWith(alice, bob);
  const watcher = world.enter(bob);
  world.take(watcher);
  const told = world.send(watcher, { type: 'watch', names: ['alice', 'nobody'] });
  const never = { type: 'presence', online: false, lastSeen: null };
  assert.deepEqual(told, [
    { ...never, name: 'alice' },
    { ...never, name: 'nobody' },
  ]);
  const session = world.enter(alice);
  assert.deepEqual(codes(world.take(watcher)), ['presence']);
  world.now += 77;
  world.put({ type: 'closed', session });
  assert.deepEqual(world.take(watcher), [{ type: 'presence', name: 'alice', online: false, lastSeen: world.now }]);
});

test('[PRES-5] a second session of a device ends the first with REPLACED', () => {
  const alice = new Person('alice');
  const world = worldWith(alice);
  const older = world.enter(alice);
  world.take(older);
  const newer = world.enter(alice);
  assert.deepEqual(codes(world.take(older)), ['refused REPLACED', 'closed']);
  world.put({ type: 'closed', session: older });
  assert.equal(world.core.presence.sessionOf('alice', alice.device), newer);
});

test('[PRES-3] a session that answers pings stays, a silent one is closed', () => {
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  const world = worldWith(alice, bob);
  const [lively, silent] = [world.enter(alice), world.enter(bob)];
  for (let time = 0; time < LIMITS.sessionLeaseMs; time += LIMITS.sessionPingMs) {
    world.pass(LIMITS.sessionPingMs);
    world.put({ type: 'frame', session: lively, frame: { type: 'pong' } });
  }
  assert.deepEqual(codes(world.take(silent)), ['welcome', 'ping', 'ping', 'closed']);
  assert.deepEqual([world.core.presence.isOnline('alice'), world.core.presence.isOnline('bob')], [true, false]);
});

// Who is online, as the name server says it: told when it changes, forgotten when we are gone, about friends only.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

const GO = { type: 'online', acceptServer: false } as const;

const seen = (client: Client) =>
  client.events.flatMap((event) =>
    event.event === 'online' || event.event === 'offline' ? [[event.event, event.user]] : [],
  );

test('a friend who comes and goes is told of, once each', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  bob.command({ type: 'offline' });
  testbed.settle();
  bob.command(GO);
  testbed.settle();
  testbed.server.say(alice, { type: 'presence', name: 'bob', online: true, lastSeen: null });
  testbed.settle();
  assert.deepEqual(seen(alice), [
    ['offline', 'bob'],
    ['online', 'bob'],
  ]);
  assert.equal(alice.do({ type: 'list' }).friends[0]?.online, true);
});

test('no friend counts as online while the client is offline, and all are reported anew when it is back', () => {
  const testbed = new Testbed();
  const [alice] = testbed.friends();
  alice.command({ type: 'offline' });
  testbed.settle();
  assert.equal(alice.do({ type: 'list' }).friends[0]?.online, false);
  alice.command(GO);
  testbed.settle();
  assert.equal(alice.do({ type: 'list' }).friends[0]?.online, true);
});

test('presence of users who are not friends is not reported', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice', 'carol') as [Client];
  testbed.server.say(alice, { type: 'presence', name: 'carol', online: true, lastSeen: null });
  testbed.settle();
  assert.deepEqual(seen(alice), []);
});

test('all friends are watched, in frames the name server takes', () => {
  const testbed = new Testbed();
  const alice = testbed.client('alice');
  const none = { pinned: null, epoch: 1, note: '', blocked: false, verified: false, claimed: null, endpoints: [] };
  alice.store.transaction(() => {
    for (let k = 0; k < 2_500; k += 1) alice.store.putPerson({ ...none, name: `f${k}`, friendship: 'friend' });
  });
  alice.restart();
  const frames: number[] = [];
  testbed.passes = (_, effect) => {
    if (effect.type === 'session_send' && effect.frame.type === 'watch') frames.push(effect.frame.names.length);
    return true;
  };
  alice.command(GO);
  testbed.settle();
  assert.deepEqual(frames, [1_000, 1_000, 500]);
  assert.equal(LIMITS.watchedNamesMax, 1_000);
});

test('a name server that repeats itself causes no dial', () => {
  const testbed = new Testbed();
  const [alice] = testbed.friends();
  testbed.network.takesDials = false;
  alice.do({ type: 'say', user: 'bob', text: 'hi' });
  testbed.settle();
  const before = testbed.server.seen.length;
  for (let k = 0; k < 50; k += 1)
    testbed.server.say(alice, { type: 'presence', name: 'bob', online: true, lastSeen: null });
  testbed.settle();
  assert.ok(testbed.server.seen.length - before <= 1);
});

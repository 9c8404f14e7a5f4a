// Letters that leave: on disk until the name server has them, in order for each recipient;
// no recipient waits for another.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Effect } from '../../../../client/engine/core/io.js';
import type { Client } from '../harness/test-client.js';
import { FakePeer } from '../harness/fake-peer.js';
import { Testbed } from '../harness/testbed.js';

const add = (user: string) => ({ type: 'add', user, note: '' }) as const;
const GO = { type: 'online', acceptServer: false } as const;

function toWhom(testbed: Testbed): string[] {
  return testbed.server.seen.map(({ letter }) => letter.to);
}

test('[LETTER-6] a letter is on disk before it leaves, and until the name server has taken it', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice', 'bob') as [Client];
  testbed.passes = (_, effect) => effect.type !== 'seal';
  alice.command(add('bob'));
  testbed.settle();
  assert.deepEqual(
    alice.store.letters(0, 10).map(({ to, kind }) => [to, kind]),
    [['bob', 'friend_request']],
  );
  testbed.passes = () => true;
  testbed.restart(alice);
  alice.command(GO);
  testbed.settle();
  assert.deepEqual(toWhom(testbed), ['bob']);
  assert.deepEqual(alice.store.letters(0, 10), []);
});

test('[LETTER-6] a session that breaks before the answer sends it again in the next', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.online('alice', 'bob') as [Client, Client];
  testbed.passes = (_, effect) => effect.type !== 'session_send' || effect.frame.type !== 'letter';
  alice.command(add('bob'));
  testbed.settle();
  testbed.passes = () => true;
  testbed.server.drop(alice, 'broken');
  testbed.pass(2_000);
  assert.equal(bob.told('friend_request').length, 1);
});

test('[LETTER-6] what is written while the name server is away leaves when it is back', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.online('alice', 'bob') as [Client, Client];
  testbed.server.isUp = false;
  testbed.server.drop(alice, 'down');
  assert.equal(alice.answer(alice.command(add('bob'))[0]), null);
  testbed.settle();
  assert.equal(alice.store.people()[0]?.friendship, 'asked');
  testbed.server.isUp = true;
  testbed.pass(60_000);
  assert.equal(bob.told('friend_request').length, 1);
});

test('a request to an unregistered name is given up with a warning, and those behind it leave', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.online('alice', 'bob') as [Client, Client];
  testbed.server.isUp = false;
  testbed.server.drop(alice, 'down');
  for (let k = 0; k < 40; k += 1) alice.command(add(`ghost${k}`));
  alice.command(add('bob'));
  testbed.settle();
  testbed.server.isUp = true;
  testbed.pass(60_000);
  assert.equal(alice.told('warning').filter(({ code }) => code === 'USER_UNKNOWN').length, 40);
  assert.equal(bob.told('friend_request').length, 1);
});

/** Two friends without links, and a name server that does not know bob. Alice has a receipt for him. */
function unknownBob(): { testbed: Testbed; alice: Client; bob: Client } {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  testbed.network.takesDials = false;
  testbed.server.rejects = ({ to }) => (to === 'bob' ? 'RECIPIENT_UNKNOWN' : null);
  bob.do({ type: 'say', user: 'alice', text: 'hi' });
  testbed.pass(20_000);
  return { testbed, alice, bob };
}

test('[LETTER-11] a letter to a friend whom the name server does not know waits, and leaves once it does', () => {
  const { testbed, alice, bob } = unknownBob();
  assert.deepEqual([alice.texts('bob'), bob.states('alice')], [['hi'], { hi: 'held' }]);
  testbed.server.rejects = () => null;
  testbed.pass(LIMITS.letterRetryMs);
  assert.deepEqual(bob.states('alice'), { hi: 'delivered' });
  assert.deepEqual(alice.told('warning'), []);
});

test('[LETTER-11] such a letter waits for 30 days, not longer', () => {
  const { testbed, alice, bob } = unknownBob();
  bob.command({ type: 'offline' });
  testbed.settle();
  assert.equal(alice.store.letters(0, 10).length, 1);
  testbed.now += LIMITS.heldMs;
  testbed.pass(2 * LIMITS.letterRetryMs);
  assert.deepEqual(alice.store.letters(0, 10), []);
});

test('[FRIEND-8] letters to one person leave in the order they were written, however slowly one is sealed', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  const slow: Effect[] = [];
  testbed.passes = (client, effect) => {
    if (client !== alice || effect.type !== 'seal' || slow.length > 0) return true;
    slow.push(effect);
    return false;
  };
  alice.do({ type: 'remove', user: 'bob' });
  alice.do(add('bob'));
  testbed.settle();
  assert.equal(bob.told('friend_removed').length, 0);
  testbed.passes = () => true;
  for (const effect of slow) testbed.perform(alice, effect);
  testbed.settle();
  assert.deepEqual(
    bob.events.map(({ event }) => event).filter((event) => event.startsWith('friend')),
    ['friend_removed', 'friend_request'],
  );
});

test('[FRIEND-8] a message does not overtake the answer that makes it welcome', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.online('alice', 'bob') as [Client, Client];
  alice.command(add('bob'));
  testbed.settle();
  alice.command({ type: 'offline' });
  testbed.settle();
  let isRefused = false;
  testbed.server.rejects = ({ to }) => {
    const isFirst = to === 'alice' && !isRefused;
    isRefused ||= isFirst;
    return isFirst ? 'MAILBOX_FULL' : null;
  };
  bob.do({ type: 'accept', user: 'alice' });
  bob.do({ type: 'say', user: 'alice', text: 'welcome' });
  testbed.pass(30_000);
  assert.deepEqual(testbed.server.mail, []);
  testbed.pass(2 * LIMITS.letterRetryMs);
  assert.equal(testbed.server.mail.length, 2);
  testbed.network.takesDials = false;
  alice.command(GO);
  testbed.settle();
  assert.deepEqual(alice.texts('bob'), ['welcome']);
  assert.deepEqual(bob.states('alice'), { welcome: 'delivered' });
});

test('full mailboxes do not delay letters to other recipients', () => {
  const testbed = new Testbed();
  const [alice, carol] = testbed.online('alice', 'carol') as [Client, Client];
  for (let k = 0; k < 300; k += 1) new FakePeer(`full${k}`, testbed).register();
  testbed.server.rejects = ({ to }) => (to.startsWith('full') ? 'MAILBOX_FULL' : null);
  for (let k = 0; k < 300; k += 1) alice.command(add(`full${k}`));
  testbed.settle();
  assert.equal(alice.store.letters(0, 1_000).length, 300);
  alice.command(add('carol'));
  testbed.settle();
  assert.equal(carol.told('friend_request').length, 1);
  testbed.server.rejects = () => null;
  testbed.pass(2 * LIMITS.letterRetryMs);
  assert.equal(alice.store.letters(0, 10).length, 0);
});

test('what was said about a friendship and has not left gives way to what is said now', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  testbed.server.rejects = ({ to }) => (to === 'bob' ? 'MAILBOX_FULL' : null);
  for (let k = 0; k < 50; k += 1) {
    alice.command({ type: 'remove', user: 'bob' });
    alice.command(add('bob'));
  }
  testbed.settle();
  assert.ok(alice.store.letters(0, 1_000).length <= 2);
  testbed.server.rejects = () => null;
  testbed.pass(2 * LIMITS.letterRetryMs);
  assert.deepEqual(bob.told('friend_request').length, 1);
  assert.equal(bob.store.people()[0]?.friendship, 'wanted');
});

test('a letter that is refused is tried again, not at once and not never', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice', 'bob') as [Client];
  testbed.server.rejects = () => 'STRANGER_QUOTA';
  alice.command(add('bob'));
  testbed.pass(10 * LIMITS.letterRetryMs);
  const tries = toWhom(testbed).length;
  assert.ok(tries >= 9 && tries <= 12, `${tries} tries in ten minutes`);
});

test('a letter that was refused is tried again although others are refused all the time', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.online('alice', 'bob') as [Client, Client];
  testbed.server.rejects = () => 'MAILBOX_FULL';
  alice.command(add('bob'));
  testbed.pass(1_000);
  testbed.server.rejects = ({ to }) => (to === 'bob' ? null : 'MAILBOX_FULL');
  for (let k = 0; k < 6; k += 1) {
    new FakePeer(`full${k}`, testbed).register();
    alice.command(add(`full${k}`));
    testbed.pass(LIMITS.letterRetryMs / 2);
  }
  assert.equal(bob.told('friend_request').length, 1);
});

test('a friend with a new device is found by looking the record up once more', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  bob.command({ type: 'offline' });
  testbed.settle();
  const old = bob.device;
  testbed.server.rejects = ({ device }) => (device === old ? 'RECIPIENT_UNKNOWN' : null);
  alice.do({ type: 'say', user: 'bob', text: 'hi' });
  testbed.settle();
  assert.deepEqual(alice.states('bob'), { hi: 'queued' });
  assert.match(alice.do({ type: 'outbox' }).messages[0]?.why ?? '', /bob/);
});

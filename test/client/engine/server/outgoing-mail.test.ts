// Letters that leave: on disk until the name server has them, in order for each, and nobody waits for others.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Effect } from '../../../../client/engine/core/io.js';
import type { Client } from '../harness/test-client.js';
import { FakePeer } from '../harness/fake-peer.js';
import { Testbed } from '../harness/testbed.js';

const add = (user: string) => ({ type: 'add', user, note: '' }) as const;
const GO = { type: 'online', acceptServer: false } as const;

function toWhom(town: Testbed): string[] {
  return town.server.seen.map(({ letter }) => letter.to);
}

test('[LETTER-6] a letter is on disk before it leaves, and until the name server has taken it', () => {
  const town = new Testbed();
  const [alice] = town.online('alice', 'bob') as [Client];
  town.passes = (_, effect) => effect.type !== 'seal';
  alice.command(add('bob'));
  town.settle();
  assert.deepEqual(
    alice.store.letters(0, 10).map(({ to, kind }) => [to, kind]),
    [['bob', 'friend_request']],
  );
  town.passes = () => true;
  town.restart(alice);
  alice.command(GO);
  town.settle();
  assert.deepEqual(toWhom(town), ['bob']);
  assert.deepEqual(alice.store.letters(0, 10), []);
});

test('[LETTER-6] a session that breaks before the answer sends it again in the next', () => {
  const town = new Testbed();
  const [alice, bob] = town.online('alice', 'bob') as [Client, Client];
  town.passes = (_, effect) => effect.type !== 'session_send' || effect.frame.type !== 'letter';
  alice.command(add('bob'));
  town.settle();
  town.passes = () => true;
  town.server.drop(alice, 'broken');
  town.pass(2_000);
  assert.equal(bob.told('friend_request').length, 1);
});

test('[LETTER-6] what is written while the name server is away leaves when it is back', () => {
  const town = new Testbed();
  const [alice, bob] = town.online('alice', 'bob') as [Client, Client];
  town.server.isUp = false;
  town.server.drop(alice, 'down');
  assert.equal(alice.answer(alice.command(add('bob'))[0]), null);
  town.settle();
  assert.equal(alice.store.people()[0]?.friendship, 'asked');
  town.server.isUp = true;
  town.pass(60_000);
  assert.equal(bob.told('friend_request').length, 1);
});

test('a request to a name nobody has is given up with a warning, and those behind it leave', () => {
  const town = new Testbed();
  const [alice, bob] = town.online('alice', 'bob') as [Client, Client];
  town.server.isUp = false;
  town.server.drop(alice, 'down');
  for (let k = 0; k < 40; k += 1) alice.command(add(`ghost${k}`));
  alice.command(add('bob'));
  town.settle();
  town.server.isUp = true;
  town.pass(60_000);
  assert.equal(alice.told('warning').filter(({ code }) => code === 'USER_UNKNOWN').length, 40);
  assert.equal(bob.told('friend_request').length, 1);
});

test('[FRIEND-8] letters to one person leave in the order they were written, however slowly one is sealed', () => {
  const town = new Testbed();
  const [alice, bob] = town.friends();
  const slow: Effect[] = [];
  town.passes = (client, effect) => {
    if (client !== alice || effect.type !== 'seal' || slow.length > 0) return true;
    slow.push(effect);
    return false;
  };
  alice.do({ type: 'remove', user: 'bob' });
  alice.do(add('bob'));
  town.settle();
  assert.equal(bob.told('friend_removed').length, 0);
  town.passes = () => true;
  for (const effect of slow) town.perform(alice, effect);
  town.settle();
  assert.deepEqual(
    bob.events.map(({ event }) => event).filter((event) => event.startsWith('friend')),
    ['friend_removed', 'friend_request'],
  );
});

test('[FRIEND-8] a message does not overtake the answer that makes it welcome', () => {
  const town = new Testbed();
  const [alice, bob] = town.online('alice', 'bob') as [Client, Client];
  alice.command(add('bob'));
  town.settle();
  alice.command({ type: 'offline' });
  town.settle();
  let isRefused = false;
  town.server.rejects = ({ to }) => {
    const isFirst = to === 'alice' && !isRefused;
    isRefused ||= isFirst;
    return isFirst ? 'MAILBOX_FULL' : null;
  };
  bob.do({ type: 'accept', user: 'alice' });
  bob.do({ type: 'say', user: 'alice', text: 'welcome' });
  town.pass(30_000);
  assert.deepEqual(town.server.mail, []);
  town.pass(2 * LIMITS.letterRetryMs);
  assert.equal(town.server.mail.length, 2);
  town.network.takesDials = false;
  alice.command(GO);
  town.settle();
  assert.deepEqual(alice.texts('bob'), ['welcome']);
  assert.deepEqual(bob.states('alice'), { welcome: 'delivered' });
});

test('however many mailboxes are full, nobody else is kept waiting', () => {
  const town = new Testbed();
  const [alice, carol] = town.online('alice', 'carol') as [Client, Client];
  for (let k = 0; k < 300; k += 1) new FakePeer(`full${k}`, town).register();
  town.server.rejects = ({ to }) => (to.startsWith('full') ? 'MAILBOX_FULL' : null);
  for (let k = 0; k < 300; k += 1) alice.command(add(`full${k}`));
  town.settle();
  assert.equal(alice.store.letters(0, 1_000).length, 300);
  alice.command(add('carol'));
  town.settle();
  assert.equal(carol.told('friend_request').length, 1);
  town.server.rejects = () => null;
  town.pass(2 * LIMITS.letterRetryMs);
  assert.equal(alice.store.letters(0, 10).length, 0);
});

test('what was said about a friendship and has not left gives way to what is said now', () => {
  const town = new Testbed();
  const [alice, bob] = town.friends();
  town.server.rejects = ({ to }) => (to === 'bob' ? 'MAILBOX_FULL' : null);
  for (let k = 0; k < 50; k += 1) {
    alice.command({ type: 'remove', user: 'bob' });
    alice.command(add('bob'));
  }
  town.settle();
  assert.ok(alice.store.letters(0, 1_000).length <= 2);
  town.server.rejects = () => null;
  town.pass(2 * LIMITS.letterRetryMs);
  assert.deepEqual(bob.told('friend_request').length, 1);
  assert.equal(bob.store.people()[0]?.friendship, 'wanted');
});

test('a letter that is refused is tried again, not at once and not never', () => {
  const town = new Testbed();
  const [alice] = town.online('alice', 'bob') as [Client];
  town.server.rejects = () => 'STRANGER_QUOTA';
  alice.command(add('bob'));
  town.pass(10 * LIMITS.letterRetryMs);
  const tries = toWhom(town).length;
  assert.ok(tries >= 9 && tries <= 12, `${tries} tries in ten minutes`);
});

test('a letter that was refused is tried again although others are refused all the time', () => {
  const town = new Testbed();
  const [alice, bob] = town.online('alice', 'bob') as [Client, Client];
  town.server.rejects = () => 'MAILBOX_FULL';
  alice.command(add('bob'));
  town.pass(1_000);
  town.server.rejects = ({ to }) => (to === 'bob' ? null : 'MAILBOX_FULL');
  for (let k = 0; k < 6; k += 1) {
    new FakePeer(`full${k}`, town).register();
    alice.command(add(`full${k}`));
    town.pass(LIMITS.letterRetryMs / 2);
  }
  assert.equal(bob.told('friend_request').length, 1);
});

test('a friend with a new device is found by looking the record up once more', () => {
  const town = new Testbed();
  const [alice, bob] = town.friends();
  bob.command({ type: 'offline' });
  town.settle();
  const old = bob.device;
  town.server.rejects = ({ device }) => (device === old ? 'RECIPIENT_UNKNOWN' : null);
  alice.do({ type: 'say', user: 'bob', text: 'hi' });
  town.settle();
  assert.deepEqual(alice.states('bob'), { hi: 'queued' });
  assert.match(alice.do({ type: 'outbox' }).messages[0]?.why ?? '', /bob/);
});

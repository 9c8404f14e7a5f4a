// When no link can be had: what waits is left at the name server, and comes back as receipts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSealedLetter } from '../../../../protocols/letters/sealed-letter.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

const say = (user: string, text: string) => ({ type: 'say', user, text }) as const;
const GO = { type: 'online', acceptServer: false } as const;

/** Two friends, and bob is offline. */
function apart(): { testbed: Testbed; alice: Client; bob: Client } {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  bob.command({ type: 'offline' });
  testbed.settle();
  return { testbed, alice, bob };
}

/** Two friends, both online, who can never dial each other. */
function walled(): { testbed: Testbed; alice: Client; bob: Client } {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  testbed.network.takesDials = false;
  return { testbed, alice, bob };
}

const letters = (testbed: Testbed) => testbed.server.mail.filter(({ letter }) => letter.to === 'bob').length;

test('[CHAT-11] a friend known to be offline gets a letter at once, and the message is held', () => {
  const { testbed, alice } = apart();
  const { id } = alice.do(say('bob', 'hi'));
  testbed.settle();
  assert.equal(letters(testbed), 1);
  assert.deepEqual(
    alice.told('state').map(({ id, state }) => [id, state]),
    [[id, 'held']],
  );
  assert.deepEqual(
    alice.do({ type: 'outbox' }).messages.map(({ id, state }) => [id, state]),
    [[id, 'held']],
  );
});

test('[CHAT-11] what is held arrives when the friend comes, and the receipt makes it delivered', () => {
  const { testbed, alice, bob } = apart();
  alice.do(say('bob', 'one'));
  alice.do(say('bob', 'two'));
  testbed.settle();
  testbed.network.takesDials = false;
  bob.command(GO);
  testbed.settle();
  assert.deepEqual(bob.texts('alice'), ['one', 'two']);
  assert.deepEqual(alice.states('bob'), { one: 'delivered', two: 'delivered' });
  assert.deepEqual(testbed.server.mail, []);
});

test('[CHAT-11] it arrives even if the sender is gone by then', () => {
  const { testbed, alice, bob } = apart();
  alice.do(say('bob', 'hi'));
  testbed.settle();
  alice.command({ type: 'offline' });
  testbed.settle();
  bob.command(GO);
  testbed.settle();
  assert.deepEqual(bob.texts('alice'), ['hi']);
  alice.command(GO);
  testbed.settle();
  assert.deepEqual(alice.states('bob'), { hi: 'delivered' });
});

test('[CHAT-11] a friend who is online has 10 s to be linked, not less', () => {
  const { testbed, alice, bob } = walled();
  alice.do(say('bob', 'hi'));
  testbed.pass(9_900);
  assert.deepEqual(bob.texts('alice'), []);
  testbed.pass(200);
  assert.deepEqual(bob.texts('alice'), ['hi']);
});

test('[CHAT-11] those 10 s are of trying, however much is said meanwhile', () => {
  const { testbed, alice, bob } = walled();
  for (let second = 0; second < 11; second += 1) {
    alice.do(say('bob', `m${second}`));
    testbed.pass(1_000);
  }
  assert.ok(bob.texts('alice').length >= 10);
});

test('[CHAT-11] after a reconnect a friend counts as offline only once the name server said so', () => {
  const { testbed, alice } = walled();
  // Presence comes late this time.
  testbed.passes = (_, effect) => effect.type !== 'session_send' || effect.frame.type !== 'watch';
  testbed.server.drop(alice, 'broken');
  alice.do(say('bob', 'hi'));
  testbed.pass(5_000);
  assert.equal(alice.do({ type: 'whoami' }).online, true);
  assert.deepEqual(alice.states('bob'), { hi: 'queued' });
  testbed.pass(5_100);
  assert.notDeepEqual(alice.states('bob'), { hi: 'queued' });
});

test('[CHAT-11] a letter and a link at once do no harm', () => {
  const { testbed, alice, bob } = apart();
  alice.do(say('bob', 'hi'));
  testbed.settle();
  bob.command(GO);
  testbed.pass(20_000);
  assert.equal(bob.told('chat').length, 1);
  assert.deepEqual(alice.states('bob'), { hi: 'delivered' });
});

test('[CHAT-11] as many messages as fit go into one letter, the rest into the next, in order', () => {
  const { testbed, alice, bob } = apart();
  const texts = Array.from({ length: 20 }, (_, k) => `${k} ${'x'.repeat(15_000)}`);
  for (const text of texts) alice.command(say('bob', text));
  testbed.settle();
  assert.ok(letters(testbed) > 1 && letters(testbed) < 20, `${letters(testbed)} letters`);
  testbed.network.takesDials = false;
  bob.command(GO);
  testbed.settle();
  assert.deepEqual(bob.texts('alice'), texts);
});

test('[CHAT-11] the longest message of the worst letters fits a letter', () => {
  const { testbed, alice } = apart();
  alice.command(say('bob', `${'\u0001'.repeat(LIMITS.messageTextBytes - 1)}!`));
  testbed.settle();
  const [one] = testbed.server.mail;
  const { plain } = JSON.parse(
    Buffer.from(readSealedLetter(one?.letter.body ?? '')?.sealed ?? '', 'base64url').toString(),
  ) as { plain: string };
  assert.ok(Buffer.byteLength(plain) <= LIMITS.letterPlainBytes);
});

test('[CHAT-11] what the name server refuses stays queued, says why, and is tried again', () => {
  const { testbed, alice } = apart();
  testbed.server.rejects = () => 'MAILBOX_FULL';
  alice.do(say('bob', 'hi'));
  testbed.settle();
  const [waiting] = alice.do({ type: 'outbox' }).messages;
  assert.equal(waiting?.state, 'queued');
  assert.match(waiting.why ?? '', /The mailbox of bob is full/);
  assert.ok(waiting.nextTry);
  testbed.server.rejects = () => null;
  testbed.pass(LIMITS.letterRetryMs);
  assert.equal(alice.do({ type: 'outbox' }).messages[0]?.state, 'held');
});

test('[CHAT-11] a session that breaks before the answer leaves it again in the next', () => {
  const { testbed, alice } = apart();
  testbed.passes = (_, effect) => effect.type !== 'session_send' || effect.frame.type !== 'letter';
  alice.do(say('bob', 'hi'));
  testbed.settle();
  testbed.passes = () => true;
  testbed.server.drop(alice, 'broken');
  testbed.pass(5_000);
  assert.equal(alice.do({ type: 'outbox' }).messages[0]?.state, 'held');
});

test('[CHAT-12] what has been held for 30 days is queued again, and left again', () => {
  const { testbed, alice } = apart();
  const { id } = alice.do(say('bob', 'hi'));
  testbed.settle();
  testbed.server.mail = [];
  alice.command({ type: 'offline' });
  testbed.settle();
  testbed.now += LIMITS.heldMs + 1_000;
  alice.command(GO);
  testbed.settle();
  assert.deepEqual(
    alice.told('state').map((event) => event.state),
    ['held', 'queued', 'held'],
  );
  assert.equal(alice.store.message(id)?.state, 'held');
  assert.equal(letters(testbed), 1);
});

test('[CHAT-12] a session that lasts for longer notices as well', () => {
  const { testbed, alice } = apart();
  alice.do(say('bob', 'hi'));
  testbed.settle();
  testbed.now += LIMITS.heldMs - LIMITS.heldCheckMs / 2;
  testbed.pass(LIMITS.heldCheckMs);
  assert.ok(alice.told('state').some(({ state }) => state === 'queued'));
});

test('[CHAT-12] one day less, and it is not', () => {
  const { testbed, alice } = apart();
  alice.do(say('bob', 'hi'));
  testbed.settle();
  alice.command({ type: 'offline' });
  testbed.settle();
  testbed.now += LIMITS.heldMs - 86_400_000;
  alice.command(GO);
  testbed.settle();
  assert.deepEqual(
    alice.told('state').map((event) => event.state),
    ['held'],
  );
});

test('[CHAT-17] what was held back for a lost letter is shown when the lost message is cancelled', () => {
  const { testbed, alice, bob } = apart();
  const { id } = alice.do(say('bob', 'lost'));
  testbed.settle();
  testbed.server.mail = [];
  alice.do(say('bob', 'stays'));
  testbed.settle();
  testbed.network.takesDials = false;
  bob.command(GO);
  testbed.settle();
  assert.deepEqual(bob.texts('alice'), []);
  alice.do({ type: 'cancel', id });
  testbed.pass(20_000);
  assert.deepEqual(bob.texts('alice'), ['stays']);
  assert.deepEqual(alice.states('bob'), { lost: 'cancelled', stays: 'delivered' });
});

test('[CHAT-10] a receipt for what was cancelled while held makes it delivered', () => {
  const { testbed, alice, bob } = apart();
  const { id } = alice.do(say('bob', 'hi'));
  testbed.settle();
  alice.do({ type: 'cancel', id });
  testbed.network.takesDials = false;
  bob.command(GO);
  testbed.settle();
  assert.equal(alice.store.message(id)?.state, 'delivered');
  assert.equal(alice.told('state').at(-1)?.state, 'delivered');
});

test('[CHAT-3] a held message survives a crash of its sender, and is delivered once', () => {
  const { testbed, alice, bob } = apart();
  alice.do(say('bob', 'hi'));
  testbed.settle();
  testbed.restart(alice);
  alice.command(GO);
  bob.command(GO);
  testbed.pass(20_000);
  assert.equal(bob.told('chat').length, 1);
  assert.deepEqual(alice.states('bob'), { hi: 'delivered' });
});

test('[CHAT-23] at another name server, what the one before holds leaves again', () => {
  const testbed = new Testbed();
  const options = { server: 'http://home.example' };
  const alice = testbed.client('alice', options);
  const [bob] = testbed.online('bob') as [Client];
  alice.command(GO);
  testbed.befriend(alice, bob);
  bob.command({ type: 'offline' });
  alice.do(say('bob', 'hi'));
  testbed.settle();
  const goTo = (server: string): number => {
    options.server = server;
    testbed.restart(alice);
    alice.command(GO);
    testbed.pass(20_000);
    return letters(testbed);
  };
  const servers = ['http://home.example', 'http://other.example', 'http://other.example', 'http://home.example'];
  assert.deepEqual(servers.map(goTo), [1, 2, 2, 3]);
  bob.command(GO);
  testbed.settle();
  assert.deepEqual(bob.texts('alice'), ['hi']);
});

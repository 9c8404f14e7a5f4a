// Bulk and the letters by which users find each other: a long outbox, or a long mailbox, delays no message to a friend
// who is online. The name server of these tests counts letters as the real one does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { RefusalCode } from '../../../../protocols/kit/refusals.js';
import { openBudgets } from '../../../../nameserver/budgets.js';
import { isWithinRate } from '../../../../nameserver/letters/letter-rate.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

const GO = { type: 'online', acceptServer: false } as const;
const say = (user: string, text: string) => ({ type: 'say', user, text }) as const;

/** Friends alice and bob, who find each other by offers only, and a name server with the budgets of the real one. */
function meeting(): { testbed: Testbed; alice: Client; bob: Client } {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  const budgets = openBudgets(true);
  testbed.server.rejects = ({ to, fleeting }): RefusalCode | null => {
    const use = fleeting ? 'signal' : testbed.server.isOnline(to) ? 'forward' : 'hold';
    const sender = { name: to === 'alice' ? 'bob' : 'alice', network: '192.0.2.0/24', use } as const;
    return isWithinRate(budgets, sender, testbed.now) ? null : 'LETTERS_TOO_FAST';
  };
  testbed.passes = (_, effect) => effect.type !== 'dial' || effect.isOffered;
  return { testbed, alice, bob };
}

function away(testbed: Testbed, client: Client): void {
  client.command({ type: 'offline' });
  testbed.settle();
}

/** Alice says so many lines, each in a turn of its own. */
function sayLines(testbed: Testbed, alice: Client, count: number): void {
  for (let line = 0; line < count; line += 1) {
    alice.do(say('bob', `line ${line}`));
    testbed.settle();
  }
}

test('[LETTER-16] after 130 letters to an absent friend a message arrives as soon as the friend is back', () => {
  const { testbed, alice, bob } = meeting();
  away(testbed, bob);
  sayLines(testbed, alice, 130);
  const states = Object.values(alice.states('bob'));
  assert.ok(states.includes('held') && states.includes('queued'));
  bob.command(GO);
  testbed.settle();
  alice.do(say('bob', 'LATE'));
  testbed.pass(999);
  assert.deepEqual([bob.texts('alice').length, bob.texts('alice').at(-1)], [131, 'LATE']);
});

test('[LETTER-16] messages that the rate limiter delays leave together, in seconds and not in a minute', () => {
  const { testbed, alice, bob } = meeting();
  away(testbed, bob);
  sayLines(testbed, alice, 200);
  testbed.pass(1_000);
  assert.deepEqual([...new Set(Object.values(alice.states('bob')))], ['held']);
  assert.ok(testbed.server.mail.length <= 123);
});

test('[LETTER-16] a friend request does not wait behind letters to absent friends', () => {
  const { testbed, alice, bob } = meeting();
  const [carol] = testbed.online('carol') as [Client];
  away(testbed, bob);
  sayLines(testbed, alice, 130);
  alice.command({ type: 'add', user: 'carol', note: '' });
  testbed.pass(999);
  assert.equal(carol.told('friend_request').length, 1);
});

test('[LETTER-16] a client that restarts with a spent allowance goes on within a second', () => {
  const { testbed, alice, bob } = meeting();
  away(testbed, bob);
  sayLines(testbed, alice, 130);
  testbed.restart(alice);
  alice.command(GO);
  testbed.settle();
  alice.do(say('bob', 'after the restart'));
  testbed.pass(3_000);
  assert.deepEqual([...new Set(Object.values(alice.states('bob')))], ['held']);
});

for (const kind of ['offer', 'answer']) {
  test(`[LETTER-16] an ${kind} that was refused because of too many letters leaves again soon`, () => {
    const { testbed, alice, bob } = meeting();
    testbed.network.cut(alice);
    let refused = 0;
    testbed.server.rejects = ({ to, fleeting }) => {
      const isMeant = fleeting && to === (kind === 'offer' ? 'bob' : 'alice') && refused === 0;
      if (isMeant) refused += 1;
      return isMeant ? 'LETTERS_TOO_FAST' : null;
    };
    // Only the dial that this letter brings gets through.
    testbed.passes = (client, effect) =>
      effect.type !== 'dial' || (effect.isOffered && client === (kind === 'offer' ? bob : alice));
    alice.do(say('bob', 'hi'));
    testbed.pass(999);
    assert.equal(refused, 1);
    assert.deepEqual(bob.texts('alice'), ['hi']);
  });
}

test('[LETTER-17] receipts for 160 letters leave in a few, and a message arrives at once', () => {
  const { testbed, alice, bob } = meeting();
  away(testbed, bob);
  for (let second = 0; second < 160; second += 1) {
    alice.do(say('bob', `line ${second}`));
    testbed.pass(600);
  }
  away(testbed, alice);
  const before = testbed.server.seen.length;
  bob.command(GO);
  testbed.settle();
  assert.equal(bob.texts('alice').length, 160);
  bob.do({ type: 'history', user: 'alice', limit: 200, before: null });
  testbed.pass(2_000);
  const receipts = testbed.server.seen.slice(before);
  assert.ok(receipts.length <= 10, `${receipts.length} letters`);
  alice.command(GO);
  testbed.settle();
  bob.do(say('alice', 'back'));
  testbed.pass(999);
  assert.equal(alice.texts('bob').at(-1), 'back');
  testbed.pass(5_000);
  assert.ok(Object.values(alice.states('bob')).every((state) => state === 'read' || state === 'delivered'));
});

test('[LETTER-17] letters about friendship do not wait with receipts', () => {
  const { testbed, alice, bob } = meeting();
  testbed.network.takesDials = false;
  testbed.network.cut(alice);
  const count = LIMITS.storedLettersPerRecipient.burst + 2;
  for (let nth = 0; nth < count; nth += 1) bob.do(say('alice', `line ${nth}`));
  testbed.pass(11_000);
  alice.do({ type: 'remove', user: 'bob' });
  testbed.settle();
  assert.equal(bob.told('friend_removed').length, 1);
});

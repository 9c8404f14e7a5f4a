// Our letter keys: a new one each week, and none deleted before a month that was really lived.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { FakePeer } from '../harness/fake-peer.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

const DAY = 86_400_000;
const WEEK = LIMITS.letterKeyMs;

const numbers = (client: Client): number[] => client.store.letterKeys().map(({ number }) => number);
const offered = (testbed: Testbed, client: Client): number =>
  (JSON.parse(testbed.server.letterKeys.get(client.device)?.payload ?? '{}') as { number: number }).number;

function setUp(): { testbed: Testbed; alice: Client } {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  return { testbed, alice };
}

/** The clock jumps, and the client is online at that time. */
function jump(testbed: Testbed, ms: number): void {
  testbed.now += ms;
  testbed.pass(LIMITS.letterKeyCheckMs);
}

test('[LETTER-12] a client offers a letter key as soon as it is online, and the next one after a week', () => {
  const { testbed, alice } = setUp();
  assert.deepEqual([numbers(alice), offered(testbed, alice)], [[1], 1]);
  testbed.pass(WEEK - DAY);
  assert.equal(offered(testbed, alice), 1);
  testbed.pass(2 * DAY);
  assert.deepEqual([numbers(alice), offered(testbed, alice)], [[1, 2], 2]);
});

test('[LETTER-12] a key counts as replaced when the name server offers the next one, not before', () => {
  const { testbed, alice } = setUp();
  testbed.passes = (_, effect) => effect.type !== 'session_send' || effect.frame.type !== 'offer_key';
  testbed.pass(WEEK + DAY);
  assert.deepEqual(
    alice.store.letterKeys().map(({ replacedAt }) => replacedAt),
    [null, null],
  );
  testbed.passes = () => true;
  testbed.server.drop(alice, 'broken');
  testbed.pass(5_000);
  const [first, second] = alice.store.letterKeys();
  assert.ok(first?.replacedAt !== null && second?.replacedAt === null);
});

test('[LETTER-9] letters to a key are opened for 30 days after it was replaced', () => {
  const { testbed, alice } = setUp();
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  const letter = bob.letter(alice, 'message', { epoch: 1, heard: null, messages: [bob.message(alice)] });
  testbed.pass(WEEK + LIMITS.letterKeyKeptMs);
  assert.ok(numbers(alice).length > 4);
  bob.deliver(alice, letter);
  assert.deepEqual(alice.texts('bob'), ['hi']);
});

test('[LETTER-14] a key is deleted on the fourth online day on which it is too old', () => {
  const { testbed, alice } = setUp();
  testbed.pass(WEEK + LIMITS.letterKeyKeptMs + 2 * DAY);
  assert.ok(numbers(alice).includes(1));
  testbed.pass(3 * DAY);
  assert.ok(!numbers(alice).includes(1));
  assert.ok(numbers(alice).includes(2));
});

test('[LETTER-14] a client that was away for two months still opens the letters of that time', () => {
  const { testbed, alice } = setUp();
  testbed.pass(WEEK + DAY);
  alice.do({ type: 'offline' });
  testbed.pass(60 * DAY);
  alice.command({ type: 'online', acceptServer: false });
  testbed.pass(DAY);
  assert.deepEqual(numbers(alice).slice(0, 2), [1, 2]);
  testbed.pass(4 * DAY);
  assert.ok(!numbers(alice).includes(1));
});

test('[LETTER-14] a clock that jumps ahead for an hour, again and again, deletes no key', () => {
  const { testbed, alice } = setUp();
  testbed.pass(WEEK + DAY);
  for (let turn = 0; turn < 8; turn += 1) {
    jump(testbed, 40 * DAY);
    testbed.restart(alice);
    testbed.now -= 40 * DAY;
    alice.command({ type: 'online', acceptServer: false });
    testbed.pass(DAY);
  }
  assert.ok(numbers(alice).includes(1));
});

test('[LETTER-14] a key that was replaced while the clock was ahead counts from the present', () => {
  const { testbed, alice } = setUp();
  jump(testbed, 400 * DAY);
  testbed.restart(alice);
  testbed.now -= 400 * DAY;
  alice.command({ type: 'online', acceptServer: false });
  testbed.pass(LIMITS.letterKeyKeptMs + 6 * DAY);
  assert.ok(!numbers(alice).includes(1));
});

test('a client keeps a limited number of keys, and rotates no more when it has them', () => {
  const { testbed, alice } = setUp();
  for (let turn = 0; turn < LIMITS.letterKeysMax + 5; turn += 1) {
    alice.store.putSetting('letter keys counted at', String(testbed.now + 8 * DAY)); // no day is counted
    jump(testbed, 8 * DAY);
  }
  assert.equal(numbers(alice).length, LIMITS.letterKeysMax);
});

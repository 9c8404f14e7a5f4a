// Our one-time keys, and those of others: for first letters, used once, and never lost before the letter is stored.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Signed } from '../../../../protocols/kit/signed.js';
import type { LetterKey } from '../../../../protocols/letters/letter-key.js';
import { signOneTimeKey } from '../../../../protocols/letters/one-time-key.js';
import { readSealedLetter } from '../../../../protocols/letters/sealed-letter.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { FakePeer } from '../harness/fake-peer.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

/** Longer than a letter key is used. */
const STEP_MS = LIMITS.letterKeyMs + 86_400_000;

function setUp(): { testbed: Testbed; alice: Client; bob: FakePeer } {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.register();
  return { testbed, alice, bob };
}

/** The clock jumps ahead, again and again, and the client is online at these times. */
function sleep(testbed: Testbed, steps: number): void {
  for (let step = 0; step < steps; step += 1) {
    testbed.now += STEP_MS;
    testbed.pass(LIMITS.letterKeyCheckMs);
  }
}

const stockOf = ({ testbed, alice }: { testbed: Testbed; alice: Client }): Signed[] =>
  testbed.server.oneTimeKeys.get(alice.device) ?? [];
const keyIn = (signed: Signed | undefined): string => (JSON.parse(signed?.payload ?? '{}') as LetterKey).key;
const request = (bob: FakePeer, note = 'hello') => ({ record: bob.record(), epoch: 1, note });
const asked = (client: Client) => client.told('friend_request').map(({ note }) => note);
const sealedTo = (testbed: Testbed): (string | undefined)[] =>
  testbed.server.seen.map(({ letter }) => readSealedLetter(letter.body)?.key);

test('[LETTER-20] a client deposits one-time keys beside its letter key, and refills the stock when it is low', () => {
  const scene = setUp();
  const { testbed, alice } = scene;
  assert.equal(stockOf(scene).length, LIMITS.oneTimeKeysMax);
  stockOf(scene).splice(0, LIMITS.oneTimeKeysMax - LIMITS.oneTimeKeysLow);
  testbed.pass(LIMITS.oneTimeKeysRefillMs);
  testbed.server.say(alice, { type: 'key_offered', number: 1, oneTimeKeys: LIMITS.oneTimeKeysLow });
  testbed.settle();
  assert.equal(stockOf(scene).length, LIMITS.oneTimeKeysMax);
  assert.equal(new Set(stockOf(scene).map(keyIn)).size, LIMITS.oneTimeKeysMax);
});

test('[LETTER-20] a name server that says the stock is empty, without end, gets a limited number of keys', () => {
  const { testbed, alice } = setUp();
  for (let turn = 0; turn < 20; turn += 1) {
    for (let again = 0; again < 3; again += 1) {
      testbed.server.say(alice, { type: 'key_offered', number: 1, oneTimeKeys: 0 });
      testbed.settle();
    }
    assert.ok(alice.store.oneTimeKeys.count(alice.device, 1) <= LIMITS.oneTimeKeysMax * (turn + 2));
    testbed.pass(LIMITS.oneTimeKeysRefillMs);
  }
  assert.equal(alice.store.oneTimeKeys.count(alice.device, 1), LIMITS.oneTimeKeysPerLetterKey);
});

test('[LETTER-20] one-time keys are deleted with the letter key with which they were made', () => {
  const { testbed, alice } = setUp();
  sleep(testbed, 7);
  assert.equal(alice.store.oneTimeKeys.count(alice.device, 1), LIMITS.oneTimeKeysMax);
  sleep(testbed, 1);
  const counts = [1, 2].map((number) => alice.store.oneTimeKeys.count(alice.device, number));
  assert.deepEqual(counts, [0, LIMITS.oneTimeKeysMax]);
});

test('[LETTER-18] a friend request goes to a one-time key, and later letters to the letter key', () => {
  const { testbed, alice, bob } = setUp();
  const { device } = bob;
  const single = { device, number: 1, key: fakeKey('single').publicKey, at: 1 };
  testbed.server.oneTimeKeys.set(device, [signOneTimeKey(single, bob.deviceKey, fakePrimitives)]);
  alice.command({ type: 'add', user: 'bob', note: '' });
  testbed.settle();
  assert.deepEqual(sealedTo(testbed), [single.key]);
  bob.write(alice, 'friend_answer', { record: bob.record(), epoch: 1, accepted: true });
  testbed.network.takesDials = false;
  alice.do({ type: 'say', user: 'bob', text: 'hi' });
  testbed.pass(LIMITS.letterRetryMs);
  assert.ok(sealedTo(testbed).includes(bob.exchange));
});

test('[LETTER-18] without one-time keys, or with one that the device did not sign, the letter key is used', () => {
  const { testbed, alice, bob } = setUp();
  const made = { device: bob.device, number: 1, key: fakeKey('of the server').publicKey, at: 1 };
  testbed.server.oneTimeKeys.set(bob.device, [signOneTimeKey(made, fakeKey('the server'), fakePrimitives)]);
  alice.command({ type: 'add', user: 'bob', note: '' });
  testbed.settle();
  assert.deepEqual(sealedTo(testbed), [bob.exchange]);
});

test('[LETTER-19] a one-time key opens one letter: its secret is gone when the letter is taken', () => {
  const { testbed, alice, bob } = setUp();
  const key = keyIn(stockOf({ testbed, alice })[0]);
  bob.deliver(alice, bob.letter(alice, 'friend_request', request(bob), { sealedTo: key }));
  assert.deepEqual([asked(alice), alice.store.oneTimeKeys.get(key)?.secret], [['hello'], '']);
  bob.deliver(alice, bob.letter(alice, 'friend_request', request(bob, 'again'), { sealedTo: key }));
  assert.deepEqual(asked(alice), ['hello']);
});

test('[LETTER-19] a letter to a one-time key that is delivered again after a restart is done', () => {
  const { testbed, alice, bob } = setUp();
  const letter = bob.letter(alice, 'friend_request', request(bob), {
    sealedTo: keyIn(stockOf({ testbed, alice })[0]),
  });
  bob.deliver(alice, letter);
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  const done: string[] = [];
  testbed.passes = (_, effect) => {
    if (effect.type === 'session_send' && effect.frame.type === 'done') done.push(effect.frame.id);
    return true;
  };
  const id = bob.deliver(alice, letter);
  assert.deepEqual([asked(alice), done], [['hello'], [id]]);
});

test('[LETTER-19] a letter that cannot be judged yet, or that no device signed, uses up no one-time key', () => {
  const { testbed, alice, bob } = setUp();
  const [first, second] = stockOf({ testbed, alice }).map(keyIn) as [string, string];
  bob.deliver(alice, bob.seal(alice, '{}', bob.device, first));
  assert.notEqual(alice.store.oneTimeKeys.get(first)?.secret, '');
  testbed.server.isUp = false;
  bob.deliver(alice, bob.letter(alice, 'bye', { epoch: 1 }, { sealedTo: second }));
  assert.notEqual(alice.store.oneTimeKeys.get(second)?.secret, '');
  testbed.server.isUp = true;
  testbed.pass(LIMITS.letterRetryMs);
  assert.equal(alice.store.oneTimeKeys.get(second)?.secret, '');
});

test('[LETTER-19] a letter to a one-time key opens after the name server held it for 30 days', () => {
  const { testbed, alice, bob } = setUp();
  const letter = bob.letter(alice, 'friend_request', request(bob), {
    sealedTo: keyIn(stockOf({ testbed, alice })[0]),
  });
  sleep(testbed, 5);
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  bob.deliver(alice, letter);
  assert.deepEqual(asked(alice), ['hello']);
});

test('[LETTER-21] an unanswered request to a one-time key goes once more, to the letter key, without its note', () => {
  const { testbed, alice, bob } = setUp();
  const single = { device: bob.device, number: 1, key: fakeKey('single').publicKey, at: 1 };
  testbed.server.oneTimeKeys.set(bob.device, [signOneTimeKey(single, bob.deviceKey, fakePrimitives)]);
  alice.command({ type: 'add', user: 'bob', note: 'hello' });
  testbed.pass(3 * LIMITS.friendRequestCheckMs + 1);
  assert.deepEqual(sealedTo(testbed), [single.key, bob.exchange]);
  assert.match(bob.unseal(alice, testbed.server.seen[1]?.letter.body ?? '') ?? '', /friend_request/);
});

test('[LETTER-21] a repeated request does not replace the note of the one that waits', () => {
  const { alice, bob } = setUp();
  bob.write(alice, 'friend_request', request(bob));
  bob.write(alice, 'friend_request', request(bob, ''));
  assert.deepEqual(
    alice.store.people().map(({ note }) => note),
    ['hello'],
  );
});

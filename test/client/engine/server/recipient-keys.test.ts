// The letter keys of others: signed by their device, never older than one that was seen, asked for again in time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { SecretKey } from '../../../../protocols/kit/primitives.js';
import { signLetterKey } from '../../../../protocols/letters/letter-key.js';
import { readSealedLetter } from '../../../../protocols/letters/sealed-letter.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { FakePeer } from '../harness/fake-peer.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

interface Scene {
  readonly testbed: Testbed;
  readonly alice: Client;
  readonly bob: FakePeer;
  /** The name server offers this key for bob's device. */
  readonly offer: (number: number, key: string, signer?: SecretKey) => void;
  /** To which key alice seals what she says now; nothing if the letter waits. */
  readonly saidTo: (text: string) => string | undefined;
}

function setUp(): Scene {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  testbed.network.takesDials = false;
  const offer = (number: number, key: string, signer: SecretKey = bob.deviceKey): void => {
    const letterKey = { device: bob.device, number, key, at: 1 };
    testbed.server.letterKeys.set(bob.device, signLetterKey(letterKey, signer, fakePrimitives));
  };
  const saidTo = (text: string): string | undefined => {
    const before = testbed.server.seen.length;
    alice.do({ type: 'say', user: 'bob', text });
    testbed.pass(LIMITS.letterRetryMs);
    const { letter } = testbed.server.seen.slice(before).at(-1) ?? {};
    return letter && readSealedLetter(letter.body)?.key;
  };
  return { testbed, alice, bob, offer, saidTo };
}

const key = (name: string): string => fakeKey(name).publicKey;

test('[LETTER-13] a newer key is used a day after the last question, and not before', () => {
  const { testbed, bob, offer, saidTo } = setUp();
  assert.equal(saidTo('zero'), bob.exchange);
  offer(2, key('second'));
  assert.equal(saidTo('one'), bob.exchange);
  testbed.pass(LIMITS.recipientKeyMs);
  assert.equal(saidTo('two'), key('second'));
});

test('[LETTER-13] a newer key is used after the recipient came online', () => {
  const { testbed, alice, offer, saidTo } = setUp();
  offer(2, key('second'));
  testbed.server.say(alice, { type: 'presence', name: 'bob', online: true, lastSeen: null });
  testbed.server.say(alice, { type: 'presence', name: 'bob', online: false, lastSeen: null });
  testbed.settle();
  assert.equal(saidTo('one'), key('second'));
});

test('[LETTER-13] a key with a lower number than one that was seen is not used, after a restart too', () => {
  const { testbed, alice, offer, saidTo } = setUp();
  offer(5, key('fifth'));
  testbed.pass(LIMITS.recipientKeyMs);
  assert.equal(saidTo('one'), key('fifth'));
  offer(4, key('fourth'));
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  assert.equal(saidTo('two'), key('fifth'));
  offer(5, key('another fifth'));
  testbed.pass(LIMITS.recipientKeyMs);
  assert.equal(saidTo('three'), key('fifth'));
});

test('[LETTER-13] without a key of the right signer the letter waits, and leaves when there is one', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.register();
  const genuine = testbed.server.letterKeys.get(bob.device);
  const letterKey = { device: bob.device, number: 9, key: key('of mallory'), at: 1 };
  testbed.server.letterKeys.set(bob.device, signLetterKey(letterKey, fakeKey('mallory'), fakePrimitives));
  alice.command({ type: 'add', user: 'bob', note: '' });
  testbed.pass(5_000);
  testbed.server.letterKeys.delete(bob.device);
  testbed.pass(LIMITS.letterRetryMs);
  assert.deepEqual([testbed.server.seen, alice.store.letters(0, 9).length], [[], 1]);
  assert.ok(genuine);
  testbed.server.letterKeys.set(bob.device, genuine);
  testbed.pass(LIMITS.letterRetryMs);
  assert.equal(readSealedLetter(testbed.server.seen[0]?.letter.body ?? '')?.key, bob.exchange);
});

test('[LETTER-6] a letter whose recipient was looked up while the session ended leaves in the next one', () => {
  const { testbed, alice, bob } = setUp();
  testbed.server.rejects = ({ device }) => (device === bob.device ? 'RECIPIENT_UNKNOWN' : null);
  const asked: number[] = [];
  testbed.passes = (_, effect) => {
    if (effect.type !== 'ask') return true;
    asked.push(effect.ref);
    return false;
  };
  alice.do({ type: 'say', user: 'bob', text: 'hello' });
  testbed.pass(LIMITS.letterRetryMs);
  const [ref] = asked;
  assert.ok(ref !== undefined);
  const renewed = fakeKey('renewed');
  const letterKey = { device: renewed.publicKey, number: 1, key: renewed.publicKey, at: 1 };
  testbed.server.letterKeys.set(renewed.publicKey, signLetterKey(letterKey, renewed, fakePrimitives));
  bob.register(bob.record(2, renewed.publicKey));
  const answer = testbed.server.answer({ type: 'users', names: ['bob'] });
  testbed.server.isUp = false;
  testbed.server.drop(alice, 'down');
  testbed.settle();
  testbed.passes = () => true;
  alice.give({ type: 'answered', ref, answer });
  testbed.server.isUp = true;
  testbed.pass(2 * LIMITS.letterRetryMs);
  assert.deepEqual(
    testbed.server.seen.filter(({ letter }) => letter.device === renewed.publicKey).map(({ letter }) => letter.to),
    ['bob'],
  );
});

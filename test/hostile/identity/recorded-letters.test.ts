// An attacker who records sealed letters and steals keys, and a name server that exchanges the keys of letters.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { signLetterKey } from '../../../protocols/letters/letter-key.js';
import { letterInfo, readSealedLetter, sealedLetterText } from '../../../protocols/letters/sealed-letter.js';
import { FakePeer } from '../../client/engine/harness/fake-peer.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import { Testbed } from '../../client/engine/harness/testbed.js';
import { fakeExchangeKeyOf, fakeKey, fakePrimitives, fakeUnseal } from '../../sim/kernel/fake-primitives.js';

const DAY = 86_400_000;

function setUp(): { testbed: Testbed; alice: Client; bob: FakePeer } {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  return { testbed, alice, bob };
}

/** What a thief of all secrets on the disk of a client reads in a recorded letter. */
function stolenText(client: Client, body: string): string | null {
  const { key, writer, sealed } = readSealedLetter(body) ?? {};
  const { me, store } = client;
  const reader = { device: client.device, identity: me.identity.publicKey };
  if (key === undefined || !writer || sealed === undefined) return null;
  const single = store.oneTimeKeys.get(key)?.secret;
  const secrets = [...store.letterKeys().map(({ secret }) => secret), ...(single ? [single] : [])];
  const exchanges = [me.exchange, ...secrets.map((secret) => fakeExchangeKeyOf(secret))];
  const info = letterInfo(key, writer, reader);
  return exchanges.map((exchange) => fakeUnseal(exchange, sealed, info)).find((plain) => plain !== null) ?? null;
}

test('[LETTER-14] keys that are stolen after six weeks do not open letters that were recorded before', () => {
  const { testbed, alice, bob } = setUp();
  const letter = bob.letter(alice, 'message', { epoch: 1, heard: null, messages: [bob.message(alice)] });
  bob.deliver(alice, letter);
  assert.match(stolenText(alice, letter) ?? '', /"message/);
  testbed.pass(LIMITS.letterKeyMs + LIMITS.letterKeyKeptMs + 5 * DAY);
  assert.equal(stolenText(alice, letter), null);
});

test('[LETTER-19] keys that are stolen after a first letter was taken do not open it', () => {
  const { testbed, alice } = setUp();
  const carol = new FakePeer('carol', testbed);
  carol.register();
  const { key } = JSON.parse(testbed.server.oneTimeKeys.get(alice.device)?.[0]?.payload ?? '') as { key: string };
  const body = { record: carol.record(), epoch: 1, note: '' };
  const letter = carol.letter(alice, 'friend_request', body, { sealedTo: key });
  assert.match(stolenText(alice, letter) ?? '', /"friend_request/);
  carol.deliver(alice, letter);
  assert.equal(alice.told('friend_request').length, 1);
  assert.equal(stolenText(alice, letter), null);
});

test('[LETTER-12] letters to the next letter key do not open with keys that were stolen before', () => {
  const { testbed, alice, bob } = setUp();
  const stolen = alice.store.letterKeys().map(({ key }) => key);
  testbed.pass(LIMITS.letterKeyMs + DAY);
  const { key } = readSealedLetter(bob.letter(alice, 'bye', { epoch: 1 })) ?? {};
  assert.ok(key !== undefined && !stolen.includes(key));
});

test('[LETTER-13] a name server that offers a key of its own gets no letter for it', () => {
  const { testbed, alice, bob } = setUp();
  testbed.network.takesDials = false;
  const own = { device: bob.device, number: 99, key: fakeKey('of the server').publicKey, at: 1 };
  for (const signer of [fakeKey('of the server'), alice.me.device]) {
    testbed.server.letterKeys.set(bob.device, signLetterKey(own, signer, fakePrimitives));
    testbed.pass(LIMITS.recipientKeyMs);
    alice.do({ type: 'say', user: 'bob', text: `for ${signer.publicKey}` });
    testbed.pass(LIMITS.letterRetryMs);
  }
  const keys = testbed.server.seen.map(({ letter }) => readSealedLetter(letter.body)?.key);
  assert.deepEqual(new Set(keys), new Set([bob.exchange]));
});

test('[LETTER-15] a sealed letter opens under no other writer than the one it was sealed for', () => {
  const { testbed, alice, bob } = setUp();
  const mallory = new FakePeer('mallory', testbed);
  mallory.befriend(alice);
  const letter = readSealedLetter(
    bob.letter(alice, 'message', { epoch: 1, heard: null, messages: [bob.message(alice)] }),
  );
  assert.ok(letter);
  const identity = mallory.identity.publicKey;
  for (const writer of [
    { ...letter.writer, device: mallory.device },
    { ...letter.writer, identity },
  ]) {
    bob.deliver(alice, sealedLetterText({ ...letter, writer }));
  }
  assert.deepEqual(alice.texts('bob'), []);
  bob.deliver(alice, sealedLetterText(letter));
  assert.deepEqual(alice.texts('bob'), ['hi']);
});

test('[LETTER-15] a letter signed by one device and sealed as from another is refused', () => {
  const { testbed, alice, bob } = setUp();
  const mallory = new FakePeer('mallory', testbed);
  mallory.register();
  const stolen = bob.letter(alice, 'message', { epoch: 1, heard: null, messages: [bob.message(alice)] });
  const plain = stolenText(alice, stolen) ?? '';
  mallory.deliver(alice, mallory.seal(alice, plain)); // mallory knows the letter of bob, and seals it again
  assert.deepEqual(alice.texts('bob'), []);
});

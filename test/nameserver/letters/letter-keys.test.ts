// Tests the letter keys at the name server: the newest signed key of each listed device, and nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { signLetterKey } from '../../../protocols/letters/letter-key.js';
import { makeExchangeKey, makeSigningKey, primitives, type SigningKey } from '../../../runtime/crypto.js';
import { CoreTestbed } from '../core-testbed.js';
import { Person } from '../person.js';

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';

function meeting() {
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  const testbed = new CoreTestbed();
  testbed.register(alice);
  testbed.register(bob);
  const [from, to] = [testbed.connect(alice), testbed.connect(bob)];
  testbed.take(from);
  testbed.take(to);
  return { testbed, alice, bob, from, to };
}

const keyOf = ({ device }: Person, number: number, signer: SigningKey) =>
  signLetterKey({ device, number, key: makeExchangeKey().publicKey, at: 1 }, signer, primitives);

const wanted = ({ name, device: own }: Person, device = own) => {
  return { type: 'key_wanted', id: ID, to: name, device, oneTime: false };
};
const offered = (number: number) => ({ type: 'key_offered', number, oneTimeKeys: 0 });
const missing = (code: string) => [{ type: 'no_key', id: ID, code, about: 'bob' }];

test('[SESS-25] the newest letter key of a device is stored, after a restart too, and given to writers', () => {
  const { testbed, bob, from, to } = meeting();
  assert.deepEqual(testbed.send(from, wanted(bob)), missing('LETTER_KEY_MISSING'));
  const [first, second] = [keyOf(bob, 1, bob.deviceKey), keyOf(bob, 2, bob.deviceKey)];
  const offer = (key: object) => testbed.send(to, { type: 'offer_key', key });
  assert.deepEqual(offer(first), [offered(1)]);
  assert.deepEqual(offer(second), [offered(2)]);
  for (const again of [second, first]) assert.deepEqual(offer(again), [offered(2)]);
  const [welcome] = testbed.take(testbed.connect(bob));
  assert.ok(welcome?.type === 'welcome');
  assert.deepEqual([welcome.letterKey, welcome.oneTimeKeys], [2, 0]);
  testbed.restart();
  const session = testbed.connect(new Person('carol')); // not registered: no session
  assert.equal(testbed.take(session).at(-1)?.type, 'closed');
  assert.deepEqual(testbed.store.keys.letterKey({ name: 'bob', device: bob.device }), { number: 2, signed: second });
});

test('[SESS-26] a writer gets the key as it was signed', () => {
  const { testbed, bob, from, to } = meeting();
  const key = keyOf(bob, 7, bob.deviceKey);
  testbed.send(to, { type: 'offer_key', key });
  assert.deepEqual(testbed.send(from, wanted(bob)), [{ type: 'key', id: ID, key }]);
});

test('[SESS-25] a key that another device signed is not stored', () => {
  const { testbed, alice, bob, from, to } = meeting();
  for (const key of [keyOf(bob, 1, alice.deviceKey), keyOf(alice, 1, alice.deviceKey)]) {
    assert.deepEqual(testbed.send(to, { type: 'offer_key', key }), [offered(0)]);
  }
  assert.deepEqual(testbed.send(from, wanted(bob)), missing('LETTER_KEY_MISSING'));
});

test('[SESS-26] a device that the record does not list has no key, and its key is deleted with it', () => {
  const { testbed, bob, from, to } = meeting();
  testbed.send(to, { type: 'offer_key', key: keyOf(bob, 1, bob.deviceKey) });
  const next = makeSigningKey();
  assert.deepEqual(testbed.send(from, wanted(bob, next.publicKey)), missing('RECIPIENT_UNKNOWN'));
  assert.equal(testbed.register(bob, bob.record({ version: 2, devices: [next] })), 'newer');
  assert.deepEqual(testbed.send(from, wanted(bob)), missing('RECIPIENT_UNKNOWN'));
  assert.equal(testbed.register(bob, bob.tombstone(3)), 'newer');
  assert.equal(testbed.store.keys.letterKey({ name: 'bob', device: bob.device }), null);
});

test('[SESS-26] questions count as fleeting letters', () => {
  const { testbed, bob, from } = meeting();
  for (let at = 0; at < LIMITS.signalsPerName.burst; at += 1) testbed.send(from, wanted(bob));
  assert.deepEqual(testbed.send(from, wanted(bob)), [{ type: 'no_key', id: ID, code: 'LETTERS_TOO_FAST', about: '' }]);
});

test('[SESS-25] one name can make the server store a limited number of keys an hour', () => {
  const { testbed, bob, to } = meeting();
  const { burst } = LIMITS.renewalsPerName;
  for (let number = 1; number <= burst + 5; number += 1) {
    testbed.send(to, { type: 'offer_key', key: keyOf(bob, number, bob.deviceKey) });
  }
  assert.ok((testbed.store.keys.letterKey({ name: 'bob', device: bob.device })?.number ?? 0) <= burst);
});

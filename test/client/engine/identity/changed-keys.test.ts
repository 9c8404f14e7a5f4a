// A friend whose key changed: nothing is sent or believed until the user has compared numbers, then all of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Effect } from '../../../../client/engine/core/io.js';
import type { Client } from '../harness/test-client.js';
import { framesOn, isClosed, FakePeer } from '../harness/fake-peer.js';
import { Testbed } from '../harness/testbed.js';

const say = (text: string) => ({ type: 'say', user: 'bob', text }) as const;

/** Alice has a friend bob; then the name server lists bob under another key, and alice learns of it. */
function setUp(waiting: string[] = []): { testbed: Testbed; alice: Client; bob: FakePeer; other: FakePeer } {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  bob.link(alice, 901);
  for (const text of waiting) alice.do(say(text));
  const other = new FakePeer('bob', testbed, 'another life');
  other.register();
  alice.command({ type: 'update' });
  testbed.settle();
  return { testbed, alice, bob, other };
}

const verify = (confirm: boolean) => ({ type: 'verify', user: 'bob', confirm }) as const;

/** The texts that left over a link. */
const texts = (effects: readonly Effect[], link: number) =>
  framesOn(effects, link).flatMap((frame) => ('text' in frame ? [frame.text] : []));

test('[DIR-9] another key warns once, and stops what I say, connect and message', () => {
  const { testbed, alice } = setUp();
  alice.command({ type: 'update' });
  testbed.settle();
  assert.deepEqual(
    alice.told('warning').map(({ code }) => code),
    ['KEY_CHANGED'],
  );
  assert.equal(alice.refusal(say('x')), 'KEY_CHANGED');
  assert.equal(alice.refusal({ type: 'connect', user: 'bob' }), 'KEY_CHANGED');
  assert.equal(alice.refusal({ type: 'message', user: 'bob', text: 'x' }), 'KEY_CHANGED');
});

test('[DIR-9] nothing is believed from the old key or the new until the user has decided', () => {
  const { alice, bob, other } = setUp();
  bob.say(alice, 901, { type: 'message', ...bob.message(alice) });
  assert.ok(isClosed(other.link(alice, 902), 902));
  other.write(alice, 'message', { epoch: 1, heard: 0, messages: [other.message(alice)] });
  alice.give({ type: 'datagram', from: bob.at, bytes: bob.quick(901).seal(bob.words('old')) });
  assert.deepEqual(alice.texts('bob'), []);
});

test('[DIR-9] the block survives a restart', () => {
  const { testbed, alice } = setUp();
  testbed.restart(alice);
  assert.equal(alice.refusal(say('x')), 'KEY_CHANGED');
});

test('[DIR-11] verify shows the number of the key that would be accepted; --confirm accepts it', () => {
  const { alice } = setUp();
  const before = alice.do(verify(false));
  const after = alice.do(verify(true));
  assert.equal(before.safetyNumber, after.safetyNumber);
  assert.deepEqual([before.verified, after.verified], [false, true]);
  assert.equal(alice.do({ type: 'list' }).friends[0]?.verified, true);
  assert.equal(alice.refusal(say('x')), 'success');
});

test('[DIR-11] the number is another under another key', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  const before = alice.do(verify(false)).safetyNumber;
  new FakePeer('bob', testbed, 'another life').register();
  alice.command({ type: 'update' });
  testbed.settle();
  assert.notEqual(alice.do(verify(false)).safetyNumber, before);
});

test('[DIR-9] what waited under the old key is written again under the new, and to the new device only', () => {
  const { alice, bob, other } = setUp(['one', 'two']);
  const effects = alice.give({ type: 'command', ref: 900, command: verify(true) });
  assert.deepEqual(texts(effects, 901), []);
  assert.ok(isClosed(effects, 901));
  assert.deepEqual(texts(other.link(alice, 902), 902), ['one', 'two']);
  assert.ok(isClosed(bob.link(alice, 903), 903));
});

test('[DIR-9] after the confirmation the new key may write, and the old key may not', () => {
  const { alice, bob, other } = setUp();
  alice.do(verify(true));
  bob.write(alice, 'message', { epoch: 1, heard: 0, messages: [bob.message(alice, { text: 'old' })] });
  other.write(alice, 'message', { epoch: 1, heard: 0, messages: [other.message(alice, { text: 'new' })] });
  assert.deepEqual(alice.texts('bob'), ['new']);
});

test('[DIR-9] a newer record under the same key is followed in silence', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  const next = new FakePeer('bob', testbed, 'next device');
  bob.register(bob.record(2, next.device));
  assert.deepEqual(alice.answer(alice.command({ type: 'update' })[0]), null);
  testbed.settle();
  assert.deepEqual(alice.told('warning'), []);
  assert.equal(alice.refusal(say('x')), 'success');
});

test('verify marks a friend whose key never changed, and knows no strangers', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  assert.equal(alice.do(verify(false)).verified, false);
  assert.equal(alice.do(verify(true)).verified, true);
  assert.equal(
    alice.do(verify(false)).safetyNumber,
    bob.do({ type: 'verify', user: 'alice', confirm: false }).safetyNumber,
  );
  assert.equal(alice.refusal({ type: 'verify', user: 'carol', confirm: false }), 'NOT_FRIENDS');
});

// What has been read: unread counts, the open conversation, and how friends learn of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReadFrame } from '../../../../protocols/chat/messages.js';
import type { Client } from '../harness/test-client.js';
import type { Input } from '../../../../client/engine/core/io.js';
import { framesOn, FakePeer } from '../harness/fake-peer.js';
import { Testbed } from '../harness/testbed.js';

const LINK = 901;

const say = (user: string, text: string) => ({ type: 'say', user, text }) as const;
const history = (user: string) => ({ type: 'history', user, limit: 50, before: null }) as const;

function linked(): { testbed: Testbed; alice: Client; bob: Client } {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.command({ type: 'connect', user: 'bob' });
  testbed.settle();
  alice.do({ type: 'leave' });
  return { testbed, alice, bob };
}

const unread = (client: Client) => client.do({ type: 'list' }).friends[0]?.unread;

test('[CHAT-16] one mark is sent for many messages, and the sender sees them all as read', () => {
  const { testbed, alice, bob } = linked();
  for (const text of ['a', 'b', 'c']) alice.do(say('bob', text));
  testbed.settle();
  assert.equal(unread(bob), 3);
  const effects = bob.give({ type: 'command', ref: 900, command: history('alice') });
  const marks = effects.filter((effect) => effect.type === 'link_send');
  assert.deepEqual(
    marks.map(({ frame }) => (frame as ReadFrame).upTo),
    [3],
  );
  testbed.settle();
  assert.deepEqual(alice.states('bob'), { a: 'read', b: 'read', c: 'read' });
  assert.equal(unread(bob), 0);
});

test('[CHAT-16] where the user has switched it off nothing is sent', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = testbed.client('bob', { readReceipts: false });
  bob.command({ type: 'online', acceptServer: false });
  testbed.settle();
  testbed.befriend(alice, bob);
  alice.do(say('bob', 'hi'));
  testbed.settle();
  bob.do(history('alice'));
  testbed.pass(60_000);
  assert.deepEqual(alice.states('bob'), { hi: 'delivered' });
  assert.equal(unread(bob), 0);
});

test('[CHAT-16] what is read while there is no link is told by letter, the last mark only', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  testbed.network.takesDials = false;
  alice.do(say('bob', 'a'));
  testbed.pass(11_000);
  testbed.server.isUp = false;
  testbed.server.drop(bob, 'broken');
  bob.do(history('alice'));
  assert.deepEqual(bob.store.lettersTo('alice', 'read').length, 1);
  testbed.server.isUp = true;
  testbed.pass(90_000);
  assert.deepEqual(alice.states('bob'), { a: 'read' });
});

test('[CHAT-16] who is no friend any more learns nothing', () => {
  const { testbed, alice, bob } = linked();
  alice.do(say('bob', 'hi'));
  testbed.settle();
  bob.do({ type: 'block', user: 'alice' });
  bob.do(history('alice'));
  testbed.pass(60_000);
  assert.deepEqual(alice.states('bob'), { hi: 'delivered' });
});

test('in an open conversation what arrives is read at once; after leaving it is not', () => {
  const { testbed, alice, bob } = linked();
  bob.do({ type: 'connect', user: 'alice' });
  alice.do(say('bob', 'seen'));
  testbed.settle();
  bob.do({ type: 'leave' });
  alice.do(say('bob', 'unseen'));
  testbed.settle();
  assert.deepEqual(alice.states('bob'), { seen: 'read', unseen: 'delivered' });
  assert.equal(unread(bob), 1);
});

test('[CHAT-16] a quick message in the same turn does not swallow the mark', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  bob.link(alice, LINK);
  alice.do({ type: 'connect', user: 'bob' });
  const chat: Input = { type: 'link_frame', link: LINK, frame: { type: 'message', ...bob.message(alice) } };
  const effects = alice.give(chat, { type: 'datagram', from: bob.at, bytes: bob.quick(LINK).seal(bob.words('quick')) });
  assert.deepEqual(alice.texts('bob'), ['hi', 'quick']);
  assert.equal(framesOn(effects, LINK).filter(({ type }) => type === 'read').length, 1);
});

test('a mark for another conversation, of another device or beyond what was said changes nothing more', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  bob.link(alice, LINK);
  const { id } = alice.do(say('bob', 'hi'));
  const { conversation } = bob.message(alice);
  bob.say(alice, LINK, { type: 'read', conversation, device: bob.device, upTo: 1 });
  bob.say(alice, LINK, { type: 'read', conversation: 'A'.repeat(22), device: alice.device, upTo: 1 });
  bob.say(alice, LINK, { type: 'read', conversation, device: alice.device, upTo: Number.MAX_SAFE_INTEGER });
  assert.equal(alice.store.message(id)?.state, 'queued');
  bob.say(alice, LINK, { type: 'ack', conversation, device: alice.device, ids: [id], seen: null, heard: null });
  bob.say(alice, LINK, { type: 'read', conversation, device: alice.device, upTo: 1 });
  assert.equal(alice.store.message(id)?.state, 'read');
});

test('unread counts survive a restart', () => {
  const { testbed, alice, bob } = linked();
  alice.do(say('bob', 'hi'));
  testbed.settle();
  testbed.restart(bob);
  assert.equal(unread(bob), 1);
});

test('[CHAT-14] history gives a page, and the page before it', () => {
  const { testbed, alice, bob } = linked();
  for (let k = 0; k < 7; k += 1) alice.do(say('bob', `m${k}`));
  testbed.settle();
  const page = bob.do({ type: 'history', user: 'alice', limit: 3, before: null }).messages;
  assert.deepEqual(
    page.map(({ text }) => text),
    ['m4', 'm5', 'm6'],
  );
  const before = bob.do({ type: 'history', user: 'alice', limit: 3, before: page[0]?.id ?? '' }).messages;
  assert.deepEqual(before.map(({ text, from, state }) => [text, from, state])[0], ['m1', 'alice', 'read']);
  assert.equal(bob.refusal(history('nobody')), 'NOT_FRIENDS');
});

test('a page before a message that is not of the conversation is refused', () => {
  const { testbed, alice, bob } = linked();
  alice.do(say('bob', 'hi'));
  testbed.settle();
  assert.equal(bob.refusal({ ...history('alice'), before: 'nosuchid' }), 'MESSAGE_UNKNOWN');
});

test('what is between two people is refused where both are me', () => {
  const { alice } = linked();
  const remove = { type: 'remove', user: 'alice' } as const;
  const verify = { type: 'verify', user: 'alice', confirm: null, reject: false } as const;
  for (const command of [history('alice'), remove, verify]) {
    assert.equal(alice.refusal(command), 'SELF', command.type);
  }
});

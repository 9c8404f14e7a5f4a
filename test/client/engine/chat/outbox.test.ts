// What I say: on disk before anybody hears of it, in order, a window at a time, gone only when acknowledged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageFrame } from '../../../../protocols/chat/messages.js';
import type { Effect } from '../../../../client/engine/core/io.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

const say = (user: string, text: string) => ({ type: 'say', user, text }) as const;

/** Messages among effects, as they went over a link. */
function sent(effects: readonly Effect[]): MessageFrame[] {
  return effects.flatMap((effect) => {
    if (effect.type !== 'link_send') return [];
    const frame = effect.frame as MessageFrame;
    return frame.type === 'message' ? [frame] : [];
  });
}

/** Two friends with a link. */
function linked(): { testbed: Testbed; alice: Client; bob: Client } {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.command({ type: 'connect', user: 'bob' });
  testbed.settle();
  assert.ok(testbed.network.join(alice, bob));
  return { testbed, alice, bob };
}

/** From now on nothing of one client gets over a link, while the link stands. */
function mute(testbed: Testbed, client: Client): void {
  testbed.passes = (from, effect) => !(from === client && effect.type === 'link_send');
}

test('what is said arrives, once, and is delivered', () => {
  const { testbed, alice, bob } = linked();
  alice.do(say('bob', 'hi'));
  testbed.settle();
  assert.deepEqual(bob.texts('alice'), ['hi']);
  assert.deepEqual(
    bob.told('chat').map(({ from, text }) => [from, text]),
    [['alice', 'hi']],
  );
  assert.deepEqual(alice.states('bob'), { hi: 'delivered' });
  assert.deepEqual(alice.do({ type: 'outbox' }).messages, []);
});

test('[CHAT-2] seq rises by one, over restarts and over cancelled messages', () => {
  const { testbed, alice } = linked();
  testbed.network.takesDials = false;
  const first = alice.do(say('bob', 'one'));
  alice.do({ type: 'cancel', id: alice.do(say('bob', 'two')).id });
  testbed.restart(alice);
  const third = alice.do(say('bob', 'three'));
  assert.equal(alice.store.message(first.id)?.seq, 1);
  assert.equal(alice.store.message(third.id)?.seq, 3);
});

test('[CHAT-2] every conversation counts by itself', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  const [carol] = testbed.online('carol') as [Client];
  testbed.befriend(alice, carol);
  alice.do(say('bob', 'one'));
  const { id } = alice.do(say(carol.name, 'one'));
  assert.equal(alice.store.message(id)?.seq, 1);
  assert.ok(bob);
});

test('[CHAT-3] a message is in the store and the outbox in the transaction that answers `queued`', () => {
  const { alice } = linked();
  const effects = alice.give({ type: 'command', ref: 99, command: say('bob', 'hi') });
  const answered = effects.findIndex((effect) => effect.type === 'answer');
  assert.ok(answered >= 0 && effects.findIndex((effect) => effect.type === 'link_send') >= 0);
  assert.deepEqual(
    alice.store.waiting(10).map(({ message }) => message.text),
    ['hi'],
  );
});

test('[CHAT-3] a turn that fails before its commit leaves nothing, and nothing was said', () => {
  const { testbed, alice, bob } = linked();
  const broken = { type: 'say', user: 'bob', text: null } as unknown as ReturnType<typeof say>;
  assert.throws(() => alice.command(say('bob', 'lost'), broken));
  alice.restart();
  testbed.settle();
  assert.deepEqual([alice.texts('bob'), bob.texts('alice')], [[], []]);
});

test('[CHAT-4] at most 256 messages are on their way; an acknowledgement makes room', () => {
  const { testbed, alice, bob } = linked();
  mute(testbed, bob);
  const effects = Array.from({ length: 300 }, (_, k) =>
    alice.give({ type: 'command', ref: 500 + k, command: say('bob', `m${k}`) }),
  );
  assert.equal(sent(effects.flat()).length, 256);
  testbed.settle();
  assert.equal(bob.texts('alice').length, 256);
  testbed.passes = () => true;
  testbed.network.cut(alice);
  testbed.settle();
  testbed.pass(30_000);
  assert.deepEqual(
    bob.texts('alice'),
    Array.from({ length: 300 }, (_, k) => `m${k}`),
  );
  assert.equal(alice.store.waiting(10).length, 0);
});

test('[CHAT-4] a new link sends everything unacknowledged again, in order, and nothing is shown twice', () => {
  const { testbed, alice, bob } = linked();
  mute(testbed, bob);
  for (const text of ['a', 'b', 'c']) alice.do(say('bob', text));
  testbed.settle();
  assert.deepEqual(alice.states('bob'), { a: 'queued', b: 'queued', c: 'queued' });
  testbed.passes = () => true;
  testbed.network.cut(alice);
  testbed.pass(5_000);
  assert.deepEqual(
    bob.told('chat').map(({ text }) => text),
    ['a', 'b', 'c'],
  );
  assert.deepEqual(alice.states('bob'), { a: 'delivered', b: 'delivered', c: 'delivered' });
});

test('[CHAT-4] after a restart of the sender everything unacknowledged leaves again', () => {
  const { testbed, alice, bob } = linked();
  mute(testbed, alice);
  for (const text of ['a', 'b']) alice.do(say('bob', text));
  testbed.settle();
  assert.deepEqual(bob.texts('alice'), []);
  testbed.passes = () => true;
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  assert.deepEqual(bob.texts('alice'), ['a', 'b']);
});

test('[CHAT-5] a message names the nearest earlier one that is still on its way', () => {
  const { testbed, alice, bob } = linked();
  mute(testbed, bob);
  const frames = ['a', 'b', 'c'].flatMap((text, k) =>
    sent(alice.give({ type: 'command', ref: 500 + k, command: say('bob', text) })),
  );
  assert.deepEqual(
    frames.map(({ seq, after }) => [seq, after]),
    [
      [1, 0],
      [2, 1],
      [3, 2],
    ],
  );
});

test('[CHAT-17] when a message is cancelled, those behind it leave again and no longer name it', () => {
  const { testbed, alice, bob } = linked();
  mute(testbed, bob);
  const ids = ['a', 'b', 'c'].map((text) => alice.do(say('bob', text)).id);
  const frames = sent(alice.give({ type: 'command', ref: 500, command: { type: 'cancel', id: ids[1] ?? '' } }));
  assert.deepEqual(
    frames.map(({ seq, after }) => [seq, after]),
    [
      [1, 0],
      [3, 1],
    ],
  );
});

test('[CHAT-10] an acknowledgement takes a message off the outbox and is told', () => {
  const { testbed, alice } = linked();
  const { id } = alice.do(say('bob', 'hi'));
  testbed.settle();
  assert.deepEqual(
    alice.told('state').map(({ id, to, state }) => [id, to, state]),
    [[id, 'bob', 'delivered']],
  );
});

test('[CHAT-10] an acknowledgement for a message that was cancelled too late makes it delivered', () => {
  const { testbed, alice, bob } = linked();
  const { id } = alice.do(say('bob', 'hi'));
  alice.do({ type: 'cancel', id });
  assert.equal(alice.store.message(id)?.state, 'cancelled');
  testbed.settle();
  assert.deepEqual(bob.texts('alice'), ['hi']);
  assert.equal(alice.store.message(id)?.state, 'delivered');
});

test('[CHAT-10] a friend acknowledges only its own messages, in its own conversation, for its own device', () => {
  const { testbed, alice, bob } = linked();
  const [carol] = testbed.online('carol') as [Client];
  testbed.befriend(alice, carol);
  mute(testbed, bob);
  const { id } = alice.do(say('bob', 'hi'));
  const { device } = alice;
  const conversation = 'A'.repeat(22);
  alice.command({ type: 'connect', user: 'carol' });
  testbed.settle();
  const link = 2;
  for (const frame of [
    { device, conversation },
    { device: carol.device, conversation },
  ]) {
    alice.give({ type: 'link_frame', link, frame: { type: 'ack', ...frame, ids: [id], seen: null, heard: null } });
  }
  assert.equal(alice.store.message(id)?.state, 'queued');
});

test('[CHAT-13] nothing empty and nothing above 16 KiB is taken', () => {
  const { alice } = linked();
  assert.equal(alice.refusal(say('bob', '')), 'TEXT_EMPTY');
  assert.equal(alice.refusal(say('bob', 'é'.repeat(8_193))), 'TEXT_TOO_LONG');
  assert.equal(alice.refusal(say('bob', 'é'.repeat(8_192))), 'success');
});

test('[CHAT-15] the end of a friendship cancels what waits, at once and without a word', () => {
  const { testbed, alice, bob } = linked();
  mute(testbed, alice);
  alice.do(say('bob', 'hi'));
  alice.do({ type: 'remove', user: 'bob' });
  assert.deepEqual(alice.states('bob'), { hi: 'cancelled' });
  assert.deepEqual(alice.do({ type: 'outbox' }).messages, []);
  testbed.passes = () => true;
  testbed.pass(60_000);
  assert.deepEqual(bob.texts('alice'), []);
});

test('[CHAT-15] the friend who is removed gives up what waits as well', () => {
  const { testbed, alice, bob } = linked();
  mute(testbed, bob);
  bob.do(say('alice', 'hi'));
  alice.do({ type: 'remove', user: 'bob' });
  testbed.settle();
  assert.deepEqual(bob.states('alice'), { hi: 'cancelled' });
});

test('[CHAT-15] blocking cancels what waits; after unblocking there is talk again', () => {
  const { testbed, alice, bob } = linked();
  mute(testbed, alice);
  alice.do(say('bob', 'before'));
  alice.do({ type: 'block', user: 'bob' });
  assert.deepEqual(alice.states('bob'), { before: 'cancelled' });
  assert.equal(alice.refusal(say('bob', 'x')), 'BLOCKED');
  testbed.passes = () => true;
  alice.do({ type: 'unblock', user: 'bob' });
  alice.do(say('bob', 'after'));
  testbed.pass(20_000);
  assert.deepEqual(bob.texts('alice'), ['after']);
});

test('only friends are written to, and not oneself', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice', 'bob') as [Client];
  assert.equal(alice.refusal(say('bob', 'hi')), 'NOT_FRIENDS');
  assert.equal(alice.refusal(say('alice', 'hi')), 'SELF');
  assert.equal(alice.refusal({ type: 'cancel', id: 'nothing' }), 'MESSAGE_UNKNOWN');
});

test('a delivered message is not waiting, and what others wrote is not mine to cancel', () => {
  const { testbed, alice, bob } = linked();
  const { id } = alice.do(say('bob', 'hi'));
  testbed.settle();
  assert.equal(alice.refusal({ type: 'cancel', id }), 'NOT_WAITING');
  assert.equal(bob.refusal({ type: 'cancel', id }), 'MESSAGE_UNKNOWN');
});

test('both talk at once, and each history holds both in the same order', () => {
  const { testbed, alice, bob } = linked();
  for (let k = 0; k < 20; k += 1) {
    alice.command(say('bob', `a${k}`));
    bob.command(say('alice', `b${k}`));
    if (k % 3 === 0) testbed.settle();
  }
  testbed.settle();
  assert.equal(alice.texts('bob').length, 40);
  assert.deepEqual(alice.texts('bob'), bob.texts('alice'));
});

// What others say to me: stored, then acknowledged; shown once, in order; believed only from the device it names.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AckFrame, WireMessage } from '../../../../protocols/chat/messages.js';
import type { Client } from '../harness/test-client.js';
import { framesOn, isClosed, FakePeer } from '../harness/fake-peer.js';
import { Testbed } from '../harness/testbed.js';

const LINK = 901;

function setUp(): { testbed: Testbed; alice: Client; bob: FakePeer } {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  bob.link(alice, LINK);
  return { testbed, alice, bob };
}

const frame = (message: WireMessage) => ({ type: 'message', ...message });

/** The acknowledgements among frames. */
const acks = (frames: readonly { type: string }[]) => frames.filter(({ type }) => type === 'ack') as AckFrame[];

test('[CHAT-7] a message is stored, then acknowledged, in the same turn', () => {
  const { alice, bob } = setUp();
  const message = bob.message(alice);
  const [ack] = acks(framesOn(bob.say(alice, LINK, frame(message)), LINK));
  assert.deepEqual(ack?.ids, [bob.idOf(message)]);
  assert.deepEqual([ack.device, ack.conversation, ack.seen?.seq], [bob.device, message.conversation, 1]);
  assert.deepEqual(alice.texts('bob'), ['hi']);
});

test('[CHAT-7] messages of one turn are acknowledged together, at most 256 at a time', () => {
  const { alice, bob } = setUp();
  const frames = Array.from({ length: 300 }, (_, k) =>
    frame(bob.message(alice, { seq: k + 1, after: k, lamport: k + 1 })),
  );
  const effects = alice.give(...frames.map((one) => ({ type: 'link_frame', link: LINK, frame: one }) as const));
  assert.deepEqual(
    acks(framesOn(effects, LINK)).map(({ ids }) => ids.length),
    [256, 44],
  );
  assert.equal(alice.told('chat').length, 300);
});

test('[CHAT-7] what is there already is acknowledged again and not shown again, after a restart too', () => {
  const { testbed, alice, bob } = setUp();
  const message = bob.message(alice);
  bob.say(alice, LINK, frame(message));
  assert.equal(acks(framesOn(bob.say(alice, LINK, frame(message)), LINK)).length, 1);
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  bob.link(alice, LINK + 1);
  assert.equal(acks(framesOn(bob.say(alice, LINK + 1, frame(message)), LINK + 1)).length, 1);
  assert.equal(alice.told('chat').length, 1);
});

test('[CHAT-7] what is held back is stored and not acknowledged; when shown it is', () => {
  const { alice, bob } = setUp();
  const [first, second] = [bob.message(alice), bob.message(alice, { seq: 2, after: 1, lamport: 2, text: 'ho' })];
  assert.deepEqual(acks(framesOn(bob.say(alice, LINK, frame(second)), LINK)), []);
  assert.equal(alice.told('chat').length, 0);
  assert.ok(alice.store.message(bob.idOf(second)));
  const [ack] = acks(framesOn(bob.say(alice, LINK, frame(first)), LINK));
  assert.deepEqual(ack?.ids, [bob.idOf(first), bob.idOf(second)]);
  assert.deepEqual(
    alice.told('chat').map(({ text }) => text),
    ['hi', 'ho'],
  );
});

test('[CHAT-5] what was held back before a restart is shown when its turn comes', () => {
  const { testbed, alice, bob } = setUp();
  bob.say(alice, LINK, frame(bob.message(alice, { seq: 2, after: 1, lamport: 2, text: 'ho' })));
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  bob.link(alice, LINK + 1);
  bob.say(alice, LINK + 1, frame(bob.message(alice)));
  assert.deepEqual(alice.texts('bob'), ['hi', 'ho']);
});

test('[CHAT-17] what is held back and comes again without its `after` is shown and acknowledged', () => {
  const { alice, bob } = setUp();
  const second = bob.message(alice, { seq: 2, after: 1, lamport: 2 });
  bob.say(alice, LINK, frame(second));
  const [ack] = acks(framesOn(bob.say(alice, LINK, frame({ ...second, after: 0 })), LINK));
  assert.deepEqual(ack?.ids, [bob.idOf(second)]);
  assert.equal(alice.told('chat').length, 1);
});

test('[CHAT-6] a message that waits for nothing frees what was held back below it', () => {
  const { alice, bob } = setUp();
  bob.say(alice, LINK, frame(bob.message(alice, { seq: 2, after: 1, lamport: 2, text: 'two' })));
  bob.say(alice, LINK, frame(bob.message(alice, { seq: 3, after: 0, lamport: 3, text: 'three' })));
  assert.deepEqual(
    alice.told('chat').map(({ text }) => text),
    ['two', 'three'],
  );
});

test('[CHAT-8] another message under a number that is taken is refused, warned about, and no id acknowledged', () => {
  const { alice, bob } = setUp();
  bob.say(alice, LINK, frame(bob.message(alice)));
  const effects = bob.say(alice, LINK, frame(bob.message(alice, { text: 'something else' })));
  assert.deepEqual(
    acks(framesOn(effects, LINK)).map(({ ids, seen }) => [ids, seen?.id]),
    [[[], bob.idOf(bob.message(alice))]],
  );
  assert.deepEqual(alice.texts('bob'), ['hi']);
  assert.equal(alice.told('warning').at(-1)?.code, 'MESSAGE_CONFLICT');
});

const LIES: [string, (bob: FakePeer, alice: Client) => Partial<WireMessage>][] = [
  ['of another device', (_, alice) => ({ device: alice.device })],
  ['of another conversation', () => ({ conversation: 'A'.repeat(22) })],
  ['that waits for itself', () => ({ after: 1 })],
  ['that waits for a later one', () => ({ after: 7 })],
  ['above 16 KiB of UTF-8', () => ({ text: 'é'.repeat(8_193) })],
  ['that is half a letter', () => ({ text: '\ud800' })],
];

for (const [what, lie] of LIES) {
  test(`[CHAT-9] a message ${what} ends the link and leaves nothing`, () => {
    const { alice, bob } = setUp();
    const effects = bob.say(alice, LINK, frame(bob.message(alice, lie(bob, alice))));
    assert.ok(isClosed(effects, LINK));
    assert.equal(framesOn(effects, LINK).at(-1)?.type, 'refuse');
    assert.deepEqual(alice.texts('bob'), []);
  });
}

test('[CHAT-9] a letter brings only messages of the device that signed it', () => {
  const { alice, bob } = setUp();
  bob.write(alice, 'message', { epoch: 1, heard: null, messages: [bob.message(alice, { device: alice.device })] });
  assert.deepEqual(alice.texts('bob'), []);
  bob.write(alice, 'message', { epoch: 1, heard: null, messages: [bob.message(alice)] });
  assert.deepEqual(alice.texts('bob'), ['hi']);
});

test('[CHAT-9] messages of a friend who was removed are not taken, by link or letter', () => {
  const { alice, bob } = setUp();
  alice.do({ type: 'remove', user: 'bob' });
  bob.say(alice, LINK, frame(bob.message(alice)));
  bob.write(alice, 'message', { epoch: 1, heard: null, messages: [bob.message(alice)] });
  assert.deepEqual(alice.texts('bob'), []);
  assert.equal(alice.told('chat').length, 0);
});

test('[CHAT-7] what came by letter is acknowledged by letter', () => {
  const { testbed, alice, bob } = setUp();
  bob.write(alice, 'message', { epoch: 1, heard: null, messages: [bob.message(alice)] });
  testbed.settle();
  assert.equal(testbed.server.seen.at(-1)?.letter.to, 'bob');
  assert.deepEqual(alice.store.letters(0, 10), []);
});

test('[CHAT-14] history is ordered by lamport time, then device, then number', () => {
  const { alice, bob } = setUp();
  alice.command({ type: 'say', user: 'bob', text: 'mine' });
  const late = bob.message(alice, { seq: 1, lamport: 50, text: 'late' });
  const early = bob.message(alice, { seq: 2, lamport: 1, after: 1, text: 'early' });
  for (const one of [late, early]) bob.say(alice, LINK, frame(one));
  assert.equal(alice.texts('bob').at(-1), 'late');
  assert.deepEqual(
    alice.told('chat').map(({ text }) => text),
    ['late', 'early'],
  );
});

test('[CHAT-14] what I say next comes after all I have seen, even at the end of numbers', () => {
  const { alice, bob } = setUp();
  bob.say(alice, LINK, frame(bob.message(alice, { lamport: 41 })));
  const { id } = alice.do({ type: 'say', user: 'bob', text: 'after' });
  assert.equal(alice.store.message(id)?.lamport, 42);
  bob.say(alice, LINK, frame(bob.message(alice, { seq: 2, lamport: Number.MAX_SAFE_INTEGER })));
  const last = alice.do({ type: 'say', user: 'bob', text: 'still' });
  assert.equal(alice.store.message(last.id)?.lamport, Number.MAX_SAFE_INTEGER);
});

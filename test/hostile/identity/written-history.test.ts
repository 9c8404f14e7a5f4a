// A friend who writes lines in our name into our history, or claims to have more of our messages than we remember.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageId, type RecoveredMessage, type WireMessage } from '../../../protocols/chat/messages.js';
import type { MessageMark } from '../../../protocols/kit/own-proofs/marks.js';
import { ownProofsKey, OwnProofs } from '../../../protocols/kit/own-proofs/own-proofs.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { framesOn, isClosed, NO_PROOF, proofsOf } from '../../client/engine/harness/fake-peer.js';
import { question, reconnect, renewals } from '../../client/engine/harness/old-copy.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import { Testbed } from '../../client/engine/harness/testbed.js';
import { fakePrimitives } from '../../sim/kernel/fake-primitives.js';
import { HostileFriend } from './hostile-friend.js';

const say = (user: string, text: string) => ({ type: 'say', user, text }) as const;
const history = { type: 'history', user: 'mallory', limit: 50, before: null } as const;

interface Setting {
  readonly testbed: Testbed;
  readonly alice: Client;
  readonly mallory: HostileFriend;
}

function setUp(): Setting {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  return { testbed, alice, mallory: HostileFriend.of(alice, testbed) };
}

/** What alice wrote over a link to mallory, as mallory has it. */
function written(alice: Client, mallory: HostileFriend, text: string, link: number): WireMessage {
  mallory.link(alice, link);
  const effects = alice.give({ type: 'command', ref: 9_000 + link, command: say(mallory.name, text) });
  const frames: object[] = framesOn(effects, link);
  const frame = frames.find((each) => 'text' in each) as ({ type: string } & WireMessage) | undefined;
  assert.ok(frame);
  const { type: _, ...message } = frame;
  return message;
}

/** Alice wrote one message, lost it with her disk, and asks mallory for what she lacks. */
function restored(): Setting & { lost: WireMessage; answer: (...messages: RecoveredMessage[]) => void } {
  const { testbed, alice, mallory } = setUp();
  const moment = alice.moment();
  const lost = written(alice, mallory, 'what I wrote', 901);
  reconnect(testbed, alice);
  testbed.putBack(alice, moment);
  testbed.pass(60_000);
  assert.equal(renewals(alice), 1);
  const asked = question(mallory, alice, 902);
  assert.ok(asked);
  const answer = (...messages: RecoveredMessage[]): void => {
    const { conversation, nonce } = asked;
    mallory.say(alice, 902, { type: 'refill', conversation, nonce, messages, more: false });
  };
  return { testbed, alice, mallory, lost, answer };
}

const inHerName = (message: WireMessage, changes: Partial<RecoveredMessage> = {}): RecoveredMessage => {
  return { yours: true, ...message, ...changes };
};

/** How a message is shown: who wrote it, what, in which state, and who says so. */
const shown = (alice: Client) =>
  alice.do(history).messages.map(({ from, text, state, rememberedBy }) => [from, text, state, rememberedBy]);

test('[CHAT-25] what alice wrote comes back as hers, by the proof that her client made', () => {
  const { alice, lost, answer } = restored();
  answer(inHerName(lost));
  assert.deepEqual(shown(alice), [['alice', 'what I wrote', 'delivered', undefined]]);
});

const FORGERIES: readonly [string, (lost: WireMessage, mallory: HostileFriend) => Partial<RecoveredMessage>][] = [
  ['without a proof', () => ({ proof: null })],
  ['with an invented proof', () => ({ proof: NO_PROOF })],
  ['with another text', () => ({ text: 'I owe you ten' })],
  ['at another time', ({ at }) => ({ at: at + 1 })],
  ['under another number', ({ seq }) => ({ seq: seq + 1 })],
  ['of another device', (_, { device }) => ({ device })],
  [
    'with a proof by the friend’s own key',
    (lost, { identity }) => ({
      proof: new OwnProofs(ownProofsKey(identity, fakePrimitives), fakePrimitives).ofMessage(lost, {
        seq: lost.seq,
        id: NO_PROOF,
      }),
    }),
  ],
];

for (const [how, changes] of FORGERIES) {
  test(`[CHAT-25] a line in the name of alice, ${how}, is shown as remembered by the friend`, () => {
    const { alice, mallory, lost, answer } = restored();
    const forged = inHerName(lost, changes(lost, mallory));
    answer(forged);
    assert.deepEqual(shown(alice), [['alice', forged.text, 'remembered', 'mallory']]);
    const found = alice.do({ type: 'search', words: ['i'], from: null, in: null, before: null }).messages;
    for (const { rememberedBy } of found) assert.equal(rememberedBy, 'mallory');
  });
}

test('[CHAT-25] the proof of a message to another friend proves nothing in this conversation', () => {
  const { alice, lost, answer } = restored();
  const { device, seq } = lost;
  const id = messageId('alice', lost, fakePrimitives);
  const proof = proofsOf(alice).ofMessage({ conversation: 'C'.repeat(22), device }, { seq, id });
  answer(inHerName(lost, { proof }));
  assert.deepEqual(shown(alice), [['alice', 'what I wrote', 'remembered', 'mallory']]);
});

test('[CHAT-25] what is only remembered gives way to the proven message under its number', () => {
  const { testbed, alice, mallory, lost, answer } = restored();
  answer(inHerName(lost, { text: 'something else' }));
  assert.equal(shown(alice).length, 1);
  alice.store.putSetting('refill from', JSON.stringify(['mallory']));
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  const asked = question(mallory, alice, 905);
  assert.ok(asked);
  const { conversation, nonce } = asked;
  const messages = [inHerName(lost)];
  mallory.say(alice, 905, { type: 'refill', conversation, nonce, messages, more: false });
  assert.deepEqual(shown(alice), [['alice', 'what I wrote', 'delivered', undefined]]);
});

test('[CHAT-25] a line of the friend under a device of alice is dropped', () => {
  const { alice, lost, answer } = restored();
  answer({ ...lost, yours: false });
  assert.deepEqual(shown(alice), []);
});

/** Claims by which a friend says to have more of alice's messages, or acknowledgements, than she remembers. */
const bogus = (seq: number): MessageMark => ({ seq, id: NO_PROOF, proof: NO_PROOF });

const CLAIMS: readonly [string, (alice: Client, mallory: HostileFriend) => void][] = [
  [
    'a greeting that says what it has seen',
    (alice, mallory) => {
      mallory.dial(alice, 901);
      assert.ok(!isClosed(mallory.say(alice, 901, mallory.hello({ seen: bogus(5) })), 901));
    },
  ],
  [
    'a greeting that says what alice has acknowledged',
    (alice, mallory) => {
      mallory.dial(alice, 901);
      mallory.say(alice, 901, mallory.hello({ heard: { seq: 5, proof: NO_PROOF } }));
    },
  ],
  [
    'an acknowledgement',
    (alice, mallory) => {
      const { conversation } = written(alice, mallory, 'hi', 901);
      const ack = { type: 'ack', conversation, device: alice.device, heard: null };
      for (const seen of [bogus(1), bogus(5), null]) mallory.say(alice, 901, { ...ack, ids: [], seen });
    },
  ],
  [
    'a letter',
    (alice, mallory) => {
      const heard = { seq: 5, proof: NO_PROOF };
      mallory.write(alice, 'message', { epoch: 1, heard, messages: [mallory.message(alice)] });
    },
  ],
];

for (const [how, claim] of CLAIMS) {
  test(`[CHAT-26] ${how} without a proof makes alice neither change her device nor ask for messages`, () => {
    const { testbed, alice, mallory } = setUp();
    claim(alice, mallory);
    testbed.pass(60_000);
    assert.equal(renewals(alice), 0);
    assert.equal(question(mallory, alice, 999), null);
  });
}

test('[LINK-11] a mark of a message that alice has changes nothing, however often it is shown', () => {
  const { testbed, alice, mallory } = setUp();
  const message = written(alice, mallory, 'hi', 901);
  const id = alice.store.messageAt('mallory', alice.device, 1)?.id ?? '';
  const seen = { seq: 1, id, proof: message.proof };
  for (const link of [902, 903]) {
    mallory.dial(alice, link);
    assert.ok(!isClosed(mallory.say(alice, link, mallory.hello({ seen })), link));
  }
  testbed.settle();
  assert.equal(renewals(alice), 0);
});

test('[CHAT-26] a friend who keeps lost messages back makes alice change her device once, not each day', () => {
  const { testbed, alice, mallory } = setUp();
  const heard = mallory.acknowledgedBy(alice, 5);
  for (let link = 901; link < 905; link += 1) {
    mallory.dial(alice, link);
    mallory.say(alice, link, mallory.hello({ heard }));
    testbed.pass(LIMITS.keyRotationTimeMs);
    const asked = question(mallory, alice, link + 100);
    if (!asked) continue;
    const { conversation, nonce } = asked;
    mallory.say(alice, link + 100, { type: 'refill', conversation, nonce, messages: [], more: false });
  }
  assert.equal(renewals(alice), 1);
});

test('[CHAT-24] a friend cannot make a proof of a message that alice did not write', () => {
  const { alice, mallory } = setUp();
  const message = mallory.message(alice, { device: alice.device });
  const mark = { seq: 1, id: mallory.idOf(message) };
  const mine = new OwnProofs(ownProofsKey(mallory.identity, fakePrimitives), fakePrimitives).ofMessage(message, mark);
  assert.equal(proofsOf(alice).isOwnMessage(message, { ...mark, proof: mine }), false);
  assert.equal(
    proofsOf(alice).isOwnMessage(message, { ...mark, proof: proofsOf(alice).ofMessage(message, mark) }),
    true,
  );
});

// Tests chat messages on the wire: ids, conversation ids, texts and shapes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ackFrameShape,
  isValidMessageText,
  messageFrameShape,
  messageId,
  messageLetterShape,
  pairConversation,
  readFrameShape,
  type WireMessage,
} from '../../../protocols/chat/messages.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { primitives } from '../../../runtime/crypto.js';
import { Person } from '../../nameserver/person.js';

const alice = new Person('alice');
const bob = new Person('bob');
const conversation = pairConversation(alice.identity.publicKey, bob.identity.publicKey, primitives);
const message: WireMessage = {
  conversation,
  device: alice.device,
  seq: 1,
  lamport: 1,
  at: 1,
  text: 'hi',
  after: 0,
  proof: 'A'.repeat(22),
};
const idOf = (change: Partial<WireMessage> = {}, from = 'alice') =>
  messageId(from, { ...message, ...change }, primitives);

test('[CHAT-1] the id covers the author and all fields except `after`', () => {
  const changes: Partial<WireMessage>[] = [
    { seq: 2 },
    { lamport: 2 },
    { at: 2 },
    { text: 'ho' },
    { device: bob.device },
  ];
  const ids = [
    idOf(),
    idOf({}, 'bob'),
    idOf({ conversation: 'A'.repeat(22) }),
    ...changes.map((change) => idOf(change)),
  ];
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(idOf({ after: 9 }), idOf());
});

test('[CHAT-1] field boundaries are part of the hashed text', () => {
  assert.notEqual(idOf({ seq: 1, lamport: 11 }), idOf({ seq: 11, lamport: 1 }));
  assert.notEqual(idOf({ text: 'hi",1' }), idOf({ text: 'hi' }));
});

test('[CHAT-9] both ends compute the same conversation id, and other pairs another one', () => {
  const [a, b, c] = [alice, bob, new Person('carol')].map(({ identity }) => identity.publicKey) as [
    string,
    string,
    string,
  ];
  assert.equal(pairConversation(a, b, primitives), pairConversation(b, a, primitives));
  assert.notEqual(pairConversation(a, b, primitives), pairConversation(a, c, primitives));
});

test('[CHAT-13] a text has between 1 byte and 16 KiB of UTF-8', () => {
  assert.ok(isValidMessageText('x') && isValidMessageText('x'.repeat(16_384)) && isValidMessageText('é'.repeat(8_192)));
  for (const text of ['', 'x'.repeat(16_385), 'é'.repeat(8_193), '😀'.repeat(4_097)])
    assert.ok(!isValidMessageText(text));
});

test('[CHAT-13] a text with a lone surrogate is invalid', () => {
  for (const text of ['\ud800', 'a\udc00b', '\udc00\ud800']) assert.ok(!isValidMessageText(text));
  assert.ok(isValidMessageText('\u{1f600}\ufeff\ufffd\u0000'));
});

test('frames with missing, extra or out-of-range fields are rejected', () => {
  const frame = { type: 'message', ...message };
  assert.ok(messageFrameShape.accepts(frame));
  const wrong = [
    { ...frame, seq: 0 },
    { ...frame, lamport: 0 },
    { ...frame, at: -1 },
    { ...frame, after: -1 },
  ];
  const more = [
    { ...frame, from: 'bob' },
    { ...frame, text: '' },
    { ...frame, text: 7 },
    { ...frame, type: 'ack' },
  ];
  const most = [
    { ...frame, device: 'me' },
    { ...frame, seq: 2 ** 53 },
    { ...frame, text: 'x'.repeat(16_385) },
  ];
  for (const one of [...wrong, ...more, ...most]) assert.ok(!messageFrameShape.accepts(one), JSON.stringify(one));
});

test('[CHAT-8] an acknowledgement may be empty, and its ids are bounded', () => {
  const id = idOf();
  const ack = (count: number) => ({
    type: 'ack',
    conversation,
    device: alice.device,
    seen: null,
    heard: null,
    ids: new Array<string>(count).fill(id),
  });
  assert.ok(ackFrameShape.accepts(ack(1)) && ackFrameShape.accepts(ack(LIMITS.acknowledgedIdsPerFrame)));
  assert.ok(ackFrameShape.accepts(ack(0)) && !ackFrameShape.accepts(ack(LIMITS.acknowledgedIdsPerFrame + 1)));
  assert.ok(!readFrameShape.accepts({ type: 'read', conversation, device: alice.device, upTo: 0 }));
});

test('a letter has at least one message and a bounded number', () => {
  const letter = (count: number) => ({ epoch: 1, heard: null, messages: new Array<WireMessage>(count).fill(message) });
  assert.ok(messageLetterShape.accepts(letter(1)) && messageLetterShape.accepts(letter(LIMITS.messagesPerLetter)));
  assert.ok(!messageLetterShape.accepts(letter(0)));
  assert.ok(!messageLetterShape.accepts(letter(LIMITS.messagesPerLetter + 1)));
});

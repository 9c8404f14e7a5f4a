// The sending side of a conversation: at most 64 on their way, each naming the one before it that still is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutgoingWindow } from '../../../protocols/chat/outgoing.js';
import { LIMITS } from '../../../protocols/kit/limits.js';

const message = (seq: number) => ({ seq, id: `m${seq}` });

test('[CHAT-4] at most 256 messages are unacknowledged', () => {
  const window = new OutgoingWindow();
  for (let seq = 1; window.room > 0; seq += 1) window.enter(message(seq));
  assert.equal(window.cursor, 256);
  assert.equal(LIMITS.chatWindow, 256);
  assert.throws(() => window.enter(message(257)), /never exceeded/);
  window.leave(new Set(['m1', 'm7', 'nobody']));
  assert.equal(window.room, 2);
});

test('[CHAT-4] after a restart everything is unsent again', () => {
  const window = new OutgoingWindow();
  for (let seq = 1; seq <= 256; seq += 1) window.enter(message(seq));
  window.restart();
  assert.deepEqual([window.cursor, window.room], [0, 256]);
  assert.equal(window.enter(message(1)), 0);
});

test('[CHAT-5] `after` is the nearest earlier message that was neither acknowledged nor cancelled', () => {
  const window = new OutgoingWindow();
  assert.deepEqual([window.enter(message(2)), window.enter(message(5)), window.enter(message(6))], [0, 2, 5]);
  window.leave(new Set(['m6']));
  assert.equal(window.enter(message(7)), 5);
  window.leave(new Set(['m2', 'm5', 'm7']));
  assert.equal(window.enter(message(8)), 0);
});

test('[CHAT-4] messages enter in order only', () => {
  const window = new OutgoingWindow();
  window.enter(message(3));
  assert.throws(() => window.enter(message(3)), /in order/);
  assert.throws(() => window.enter(message(2)), /in order/);
});

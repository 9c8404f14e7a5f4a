// Tests the send window: its bound, its order, and the `after` of each message.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SendWindow } from '../../../protocols/chat/send-window.js';
import { LIMITS } from '../../../protocols/kit/limits.js';

const message = (seq: number) => ({ seq, id: `m${seq}` });

test('[CHAT-4] at most 256 messages are unacknowledged', () => {
  const window = new SendWindow();
  for (let seq = 1; window.room > 0; seq += 1) window.add(message(seq));
  assert.equal(window.cursor, 256);
  assert.equal(LIMITS.chatWindow, 256);
  assert.throws(() => window.add(message(257)), /never exceeded/);
  window.remove(new Set(['m1', 'm7', 'nobody']));
  assert.equal(window.room, 2);
});

test('[CHAT-4] after a reset all messages are unsent', () => {
  const window = new SendWindow();
  for (let seq = 1; seq <= 256; seq += 1) window.add(message(seq));
  window.reset();
  assert.deepEqual([window.cursor, window.room], [0, 256]);
  assert.equal(window.add(message(1)), 0);
});

test('[CHAT-5] `after` is the nearest earlier message that is neither acknowledged nor cancelled', () => {
  const window = new SendWindow();
  assert.deepEqual([window.add(message(2)), window.add(message(5)), window.add(message(6))], [0, 2, 5]);
  window.remove(new Set(['m6']));
  assert.equal(window.add(message(7)), 5);
  window.remove(new Set(['m2', 'm5', 'm7']));
  assert.equal(window.add(message(8)), 0);
});

test('[CHAT-4] messages must be added in order', () => {
  const window = new SendWindow();
  window.add(message(3));
  assert.throws(() => window.add(message(3)), /in order/);
  assert.throws(() => window.add(message(2)), /in order/);
});

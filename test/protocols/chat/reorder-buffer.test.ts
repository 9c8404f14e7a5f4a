// Tests the reorder buffer: which messages may be shown, in which order, and its bound.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ReorderBuffer, type BufferedMessage } from '../../../protocols/chat/reorder-buffer.js';
import { LIMITS } from '../../../protocols/kit/limits.js';

function bufferOf(shownUpTo = 0, buffered: BufferedMessage[] = []) {
  return new ReorderBuffer(shownUpTo, buffered);
}

test('[CHAT-5] a message with `after` 0 is shown at once', () => {
  assert.deepEqual(bufferOf().add({ seq: 1, after: 0 }), [1]);
  assert.deepEqual(bufferOf().add({ seq: 7, after: 0 }), [7]);
});

test('[CHAT-5] a message waits until the message in its `after` is shown', () => {
  const buffer = bufferOf();
  assert.deepEqual(buffer.add({ seq: 3, after: 2 }), []);
  assert.deepEqual(buffer.add({ seq: 2, after: 1 }), []);
  assert.deepEqual(buffer.add({ seq: 1, after: 0 }), [1, 2, 3]);
  assert.deepEqual(buffer.add({ seq: 4, after: 3 }), [4]);
});

test('[CHAT-5] a restarted buffer knows what was shown and what is buffered', () => {
  assert.deepEqual(bufferOf(5).add({ seq: 6, after: 5 }), [6]);
  const buffer = bufferOf(1, [{ seq: 3, after: 2 }]);
  assert.deepEqual(buffer.add({ seq: 2, after: 1 }), [2, 3]);
});

test('[CHAT-6] buffered messages below a shown message are shown before it', () => {
  const buffer = bufferOf();
  // Message 1 was cancelled after 2 and 3 were sent; 4 was written after that, and waits for neither.
  assert.deepEqual(buffer.add({ seq: 2, after: 1 }), []);
  assert.deepEqual(buffer.add({ seq: 3, after: 2 }), []);
  assert.deepEqual(buffer.add({ seq: 4, after: 0 }), [2, 3, 4]);
});

test('[CHAT-6] buffered messages above a shown message still wait', () => {
  const buffer = bufferOf();
  assert.deepEqual(buffer.add({ seq: 9, after: 8 }), []);
  assert.deepEqual(buffer.add({ seq: 2, after: 0 }), [2]);
  assert.deepEqual(buffer.add({ seq: 8, after: 2 }), [8, 9]);
});

test('a late message below a shown one is shown, and frees no message above', () => {
  const buffer = bufferOf();
  assert.deepEqual(buffer.add({ seq: 3, after: 0 }), [3]);
  assert.deepEqual(buffer.add({ seq: 9, after: 8 }), []);
  assert.deepEqual(buffer.add({ seq: 1, after: 0 }), [1]);
  assert.deepEqual(buffer.add({ seq: 4, after: 3 }), [4]);
});

test('[CHAT-17] a repeated buffered message replaces its `after`', () => {
  const buffer = bufferOf();
  assert.deepEqual(buffer.add({ seq: 2, after: 1 }), []);
  assert.deepEqual(buffer.add({ seq: 3, after: 2 }), []);
  assert.deepEqual(buffer.add({ seq: 2, after: 0 }), [2, 3]);
});

test('[CHAT-5] `isShowable` tells before storing whether a message will be shown', () => {
  const buffer = bufferOf(4);
  assert.ok(buffer.isShowable({ seq: 9, after: 4 }) && buffer.isShowable({ seq: 5, after: 0 }));
  assert.ok(!buffer.isShowable({ seq: 9, after: 5 }));
});

test('a full buffer accepts only messages that can be shown', () => {
  const buffered = Array.from({ length: LIMITS.chatReorderMax }, (_, k) => ({ seq: k + 10, after: k + 9 }));
  const buffer = bufferOf(1, buffered);
  assert.ok(!buffer.mayStore({ seq: 5_000, after: 4_999 }));
  assert.ok(buffer.mayStore({ seq: 2, after: 1 }));
  assert.ok(bufferOf(1, buffered.slice(1)).mayStore({ seq: 5_000, after: 4_999 }));
});

test('[CHAT-5] a chain is shown once, completely and in order, for any order of arrival', () => {
  const chain = fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }).chain((kept) => {
    const seqs = kept.flatMap((isKept, k) => (isKept ? [k + 1] : []));
    const messages = seqs.map((seq, k) => ({ seq, after: seqs[k - 1] ?? 0 }));
    return fc.shuffledSubarray(messages, { minLength: messages.length });
  });
  fc.assert(
    fc.property(chain, (arriving) => {
      const buffer = bufferOf();
      const shown = arriving.flatMap((message) => buffer.add(message));
      assert.deepEqual(
        shown,
        arriving.map(({ seq }) => seq).sort((a, b) => a - b),
      );
    }),
  );
});

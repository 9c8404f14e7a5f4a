// The receiving side of a lane: what may be shown, in which order, and how much is held back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ReorderBuffer, type BufferedMessage } from '../../../protocols/chat/reorder-buffer.js';
import { LIMITS } from '../../../protocols/kit/limits.js';

function lane(shownUpTo = 0, heldBack: BufferedMessage[] = []) {
  return new ReorderBuffer(shownUpTo, heldBack);
}

test('[CHAT-5] a message that waits for nothing is shown at once', () => {
  assert.deepEqual(lane().add({ seq: 1, after: 0 }), [1]);
  assert.deepEqual(lane().add({ seq: 7, after: 0 }), [7]);
});

test('[CHAT-5] a message is held back until what it comes after is shown', () => {
  const incoming = lane();
  assert.deepEqual(incoming.add({ seq: 3, after: 2 }), []);
  assert.deepEqual(incoming.add({ seq: 2, after: 1 }), []);
  assert.deepEqual(incoming.add({ seq: 1, after: 0 }), [1, 2, 3]);
  assert.deepEqual(incoming.add({ seq: 4, after: 3 }), [4]);
});

test('[CHAT-5] what was shown before a restart counts, and what was held back still is', () => {
  assert.deepEqual(lane(5).add({ seq: 6, after: 5 }), [6]);
  const incoming = lane(1, [{ seq: 3, after: 2 }]);
  assert.deepEqual(incoming.add({ seq: 2, after: 1 }), [2, 3]);
});

test('[CHAT-6] what was held back for something that never comes is shown before the message that shows so', () => {
  const incoming = lane();
  // 1 was cancelled after 2 and 3 had left; 4 was written then, and waits for neither.
  assert.deepEqual(incoming.add({ seq: 2, after: 1 }), []);
  assert.deepEqual(incoming.add({ seq: 3, after: 2 }), []);
  assert.deepEqual(incoming.add({ seq: 4, after: 0 }), [2, 3, 4]);
});

test('[CHAT-6] what is held back above a shown message goes on waiting', () => {
  const incoming = lane();
  assert.deepEqual(incoming.add({ seq: 9, after: 8 }), []);
  assert.deepEqual(incoming.add({ seq: 2, after: 0 }), [2]);
  assert.deepEqual(incoming.add({ seq: 8, after: 2 }), [8, 9]);
});

test('what comes late from below a shown message is shown, and frees nothing above', () => {
  const incoming = lane();
  assert.deepEqual(incoming.add({ seq: 3, after: 0 }), [3]);
  assert.deepEqual(incoming.add({ seq: 9, after: 8 }), []);
  assert.deepEqual(incoming.add({ seq: 1, after: 0 }), [1]);
  assert.deepEqual(incoming.add({ seq: 4, after: 3 }), [4]);
});

test('[CHAT-17] what is held back and comes again says anew what it waits for', () => {
  const incoming = lane();
  assert.deepEqual(incoming.add({ seq: 2, after: 1 }), []);
  assert.deepEqual(incoming.add({ seq: 3, after: 2 }), []);
  assert.deepEqual(incoming.add({ seq: 2, after: 0 }), [2, 3]);
});

test('[CHAT-5] what may be shown is known before it is stored', () => {
  const incoming = lane(4);
  assert.ok(incoming.isShowable({ seq: 9, after: 4 }) && incoming.isShowable({ seq: 5, after: 0 }));
  assert.ok(!incoming.isShowable({ seq: 9, after: 5 }));
});

test('so much is held back and no more; what can be shown is always stored', () => {
  const heldBack = Array.from({ length: LIMITS.chatReorderMax }, (_, k) => ({ seq: k + 10, after: k + 9 }));
  const incoming = lane(1, heldBack);
  assert.ok(!incoming.mayStore({ seq: 5_000, after: 4_999 }));
  assert.ok(incoming.mayStore({ seq: 2, after: 1 }));
  assert.ok(lane(1, heldBack.slice(1)).mayStore({ seq: 5_000, after: 4_999 }));
});

test('[CHAT-5] in whatever order a chain arrives, it is shown once, whole and in order', () => {
  const chain = fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }).chain((kept) => {
    const seqs = kept.flatMap((isKept, k) => (isKept ? [k + 1] : []));
    const messages = seqs.map((seq, k) => ({ seq, after: seqs[k - 1] ?? 0 }));
    return fc.shuffledSubarray(messages, { minLength: messages.length });
  });
  fc.assert(
    fc.property(chain, (arriving) => {
      const incoming = lane();
      const shown = arriving.flatMap((message) => incoming.add(message));
      assert.deepEqual(
        shown,
        arriving.map(({ seq }) => seq).sort((a, b) => a - b),
      );
    }),
  );
});

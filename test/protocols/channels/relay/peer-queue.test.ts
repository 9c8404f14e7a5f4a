// The send queue of a link: order, drops and stalls.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PeerQueue, type FramePriority } from '../../../../protocols/channels/relay/peers/peer-queue.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';

const KIB = 1_024;

function scene(): {
  queue: PeerQueue;
  sent: string[];
  push: (text: string, priority: FramePriority, bytes?: number) => void;
} {
  const sent: string[] = [];
  const queue = new PeerQueue({ send: (text) => sent.push(text), onDropped: () => undefined });
  return { queue, sent, push: (text, priority, bytes = KIB) => queue.push({ text, bytes, priority }, 0) };
}

test('[RELAY-9] control frames leave before direct messages, and those before channel messages; each in order', () => {
  const { queue, sent, push } = scene();
  push('first', 'channel', LIMITS.peerInFlightBytes);
  for (const text of ['c1', 'c2']) push(text, 'channel');
  for (const text of ['d1', 'd2']) push(text, 'direct');
  push('ping', 'control');
  assert.deepEqual(sent, ['first']);
  queue.drained(1);
  assert.deepEqual(sent, ['first', 'ping', 'd1', 'd2', 'c1', 'c2']);
});

test('[RELAY-9] a full queue drops and counts frames, the newest channel messages first', () => {
  const { queue, sent, push } = scene();
  push('first', 'channel', LIMITS.peerInFlightBytes);
  const room = (LIMITS.peerQueueBytes - LIMITS.peerInFlightBytes) / KIB;
  for (let nth = 0; nth < room - 1; nth += 1) push(`c${nth}`, 'channel');
  push('d0', 'direct');
  push('too much', 'channel');
  assert.equal(queue.droppedFrames, 1);
  push('d1', 'direct');
  push('ping', 'control');
  assert.equal(queue.droppedFrames, 3);
  assert.equal(queue.queuedBytes, LIMITS.peerQueueBytes);
  for (let times = 0; times < 10; times += 1) queue.drained(1);
  assert.deepEqual(sent.slice(0, 4), ['first', 'ping', 'd0', 'd1']);
  assert.deepEqual(
    sent.slice(4),
    Array.from({ length: room - 3 }, (_, nth) => `c${nth}`),
  );
});

test('[RELAY-9] a frame never evicts frames of its own or a higher priority', () => {
  const { queue, push } = scene();
  push('first', 'direct', LIMITS.peerInFlightBytes);
  push('rest', 'direct', LIMITS.peerQueueBytes - LIMITS.peerInFlightBytes);
  push('d', 'direct');
  push('c', 'channel');
  assert.equal(queue.droppedFrames, 2);
  assert.deepEqual(
    queue.takeWaiting().map(({ text }) => text),
    ['rest'],
  );
});

test('[RELAY-9] a link with frames in flight stalls after 10 s without progress', () => {
  const { queue, push } = scene();
  assert.equal(queue.stallsAt(), null);
  push('a', 'channel');
  assert.equal(queue.stallsAt(), LIMITS.peerStallMs);
  queue.drained(5_000);
  assert.equal(queue.stallsAt(), null);
});

test('[RELAY-9] at most 1 MB is queued, and each frame leaves at most once', () => {
  const step = fc.record({
    priority: fc.constantFrom<FramePriority>('control', 'direct', 'channel'),
    bytes: fc.integer({ min: 1, max: 300 * KIB }),
    drains: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { queue, sent, push } = scene();
      for (const [nth, { priority, bytes, drains }] of steps.entries()) {
        push(String(nth), priority, bytes);
        if (drains) queue.drained(nth);
        assert.ok(queue.queuedBytes <= LIMITS.peerQueueBytes);
      }
      for (let times = 0; times < 60; times += 1) queue.drained(1);
      assert.equal(queue.queuedBytes, 0);
      assert.equal(new Set(sent).size, sent.length);
      assert.equal(sent.length + queue.droppedFrames, steps.length);
    }),
  );
});

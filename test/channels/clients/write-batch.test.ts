// Write batches: clients that get the same frames share the bytes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedFrame } from '../../../channels/clients/shared-frame.js';
import { WriteBatch } from '../../../channels/clients/write-batch.js';
import { encodeForTransport } from '../../../channels/clients/frame-encoding.js';
import type { ChannelServerFrame } from '../../../protocols/channels/client-protocol.js';

const parted = (channel: string): ChannelServerFrame => ({ type: 'parted', channel });
const line = (frame: ChannelServerFrame): string => `${JSON.stringify(frame)}\n`;

test('batches of the same frames in the same order share their bytes, other batches do not', () => {
  const [one, two] = [new SharedFrame(parted('one')), new SharedFrame(parted('two'))];
  const empty = WriteBatch.empty();
  const first = [empty.and(one), empty.and(one), empty];
  const [a, b, c] = first.map((tail) => tail.and(two));
  assert.equal(a, b);
  assert.equal(a?.bytes('tcp'), b?.bytes('tcp'));
  assert.equal(a?.bytes('tcp').toString(), line(parted('one')) + line(parted('two')));
  assert.equal(c?.bytes('tcp').toString(), line(parted('two')));
  assert.equal(empty.bytes('ws').length, 0);
});

test('a frame is encoded once, even if it follows different frames', () => {
  const shared = new SharedFrame(parted('lab'));
  const tails = ['one', 'two'].map((channel) =>
    WriteBatch.empty()
      .and(new SharedFrame(parted(channel)))
      .and(shared),
  );
  assert.deepEqual(
    tails.map((tail) => tail.bytes('tcp').toString()),
    ['one', 'two'].map((channel) => line(parted(channel)) + line(parted('lab'))),
  );
  assert.equal(shared.bytes('tcp'), shared.bytes('tcp'));
  assert.equal(WriteBatch.empty().and(shared).bytes('ws'), shared.bytes('ws'));
});

test('a WebSocket message has the shortest length field that fits (RFC 6455, 5.2)', () => {
  const headers = [0, 125, 126, 65_535, 65_536].map((bytes) => {
    const message = encodeForTransport('x'.repeat(bytes), 'ws');
    assert.equal(message.subarray(message.length - bytes).toString(), 'x'.repeat(bytes));
    return message.subarray(0, message.length - bytes).toString('hex');
  });
  assert.deepEqual(headers, ['8100', '817d', '817e007e', '817effff', '817f0000000000010000']);
});

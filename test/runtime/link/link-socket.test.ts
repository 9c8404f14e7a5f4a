// Frames arrive whole, in order and at once; whatever a peer does, what it can make us hold is bounded.

import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { receivedOn, linkPair } from './links.js';

test('both ends know whom they talk to, and share keying material that differs by link', async (context) => {
  const [one, other] = [await linkPair(context), await linkPair(context)];
  assert.equal(one.near.peerKey, one.farKey);
  assert.equal(one.far.peerKey, one.nearKey);
  assert.equal(one.near.exported.length, LIMITS.linkKeyingBytes);
  assert.deepEqual(one.near.exported, one.far.exported);
  assert.notDeepEqual(one.near.exported, other.near.exported);
  assert.equal(one.far.remote.host, '127.0.0.1');
});

test('frames of many sizes arrive whole and in order, both ways', async (context) => {
  const { near, far } = await linkPair(context);
  const [atNear, atFar] = [receivedOn(near), receivedOn(far)];
  near.admit();
  far.admit();
  const texts = [1, 3, 100, 16_385, LIMITS.linkFrameBytes, 7].map((size) => 'x'.repeat(size));
  for (const text of [...texts, 'ä€😀']) {
    near.send(text);
    far.send(text);
  }
  for (const text of [...texts, 'ä€😀']) {
    assert.equal(await atFar.next(), text);
    assert.equal(await atNear.next(), text);
  }
});

test('until it was let in, a peer gets one frame read and no more', async (context) => {
  const { near, far } = await linkPair(context);
  const atFar = receivedOn(far);
  near.send('hello');
  near.send('and more');
  assert.equal(await atFar.next(), 'hello');
  await nextTurn();
  assert.deepEqual(atFar.heard, ['hello']);
  far.admit();
  assert.equal(await atFar.next(), 'and more');
});

test('a large frame right behind the greeting waits until the greeting was judged', async (context) => {
  const { near, far } = await linkPair(context);
  const atFar = receivedOn(far);
  const large = 'x'.repeat(LIMITS.linkFrameBytes);
  near.send('welcome');
  near.send(large);
  assert.equal(await atFar.next(), 'welcome');
  far.admit();
  assert.equal(await atFar.next(), large);
});

test('a greeting that is too large ends the link', async (context) => {
  const { near, far } = await linkPair(context);
  const [atNear, atFar] = [receivedOn(near), receivedOn(far)];
  near.send('x'.repeat(LIMITS.linkHelloFrameBytes + 1));
  assert.equal(await atFar.over, 'the other side sent a malformed frame');
  await atNear.over;
  assert.deepEqual(atFar.heard, []);
});

test('a frame beyond the bound ends the link even for those let in', async (context) => {
  const { near, far } = await linkPair(context);
  const atFar = receivedOn(far);
  far.admit();
  near.send('x'.repeat(LIMITS.linkFrameBytes + 1));
  assert.equal(await atFar.over, 'the other side sent a malformed frame');
});

test('close lets everything leave that was sent before it, and nothing after', async (context) => {
  const { near, far } = await linkPair(context);
  const [atNear, atFar] = [receivedOn(near), receivedOn(far)];
  far.admit();
  for (let count = 0; count < 100; count += 1) near.send(String(count));
  near.close();
  near.send('too late');
  assert.equal(await atFar.over, 'closed by the other side');
  assert.equal(await atNear.over, 'closed by us');
  assert.deepEqual(
    atFar.heard,
    Array.from({ length: 100 }, (_, count) => String(count)),
  );
});

test('a peer that closes while we read nothing is let go when we close too', async (context) => {
  const { near, far } = await linkPair(context);
  const atFar = receivedOn(far);
  far.pause();
  near.close();
  far.close();
  assert.equal(await atFar.over, 'closed by us');
});

test('a link whose end came before it was started tells so when it is', async (context) => {
  const { near, far } = await linkPair(context);
  far.destroy();
  await receivedOn(far).over;
  assert.ok((await receivedOn(near).over).length > 0);
});

test('while paused nothing is handed over, and afterwards everything is', async (context) => {
  const { near, far } = await linkPair(context);
  const atFar = receivedOn(far);
  far.admit();
  near.send('first');
  assert.equal(await atFar.next(), 'first');
  far.pause();
  near.send('second');
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
  assert.deepEqual(atFar.heard, ['first']);
  far.resume();
  assert.equal(await atFar.next(), 'second');
});

test('a pause takes effect between two frames of one segment', async (context) => {
  const { near, far } = await linkPair(context);
  const heard: string[] = [];
  far.start({
    onText: (text) => {
      heard.push(text);
      far.pause();
    },
    onClosed: () => undefined,
  });
  far.admit();
  for (const text of ['a', 'b', 'c']) near.send(text);
  while (heard.length === 0) await nextTurn();
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  assert.deepEqual(heard, ['a']);
  far.resume();
  assert.deepEqual(heard, ['a', 'b']);
});

test('a peer that does not read loses the link before the queue outgrows its bound', async (context) => {
  const { near, far } = await linkPair(context);
  const atNear = receivedOn(near);
  receivedOn(far);
  far.pause();
  const text = 'x'.repeat(LIMITS.linkFrameBytes);
  for (let sent = 0; sent < 1_000; sent += 1) {
    near.send(text);
    await nextTurn();
  }
  assert.equal(await atNear.over, 'the other side reads too slowly');
});

test('that all has left is said once the other side has taken it, and not before', async (context) => {
  const { near, far } = await linkPair(context);
  let drained = 0;
  let tell = (): void => undefined;
  const allGone = new Promise<void>((resolve) => (tell = resolve));
  near.start({ onText: () => undefined, onClosed: () => undefined, onDrained: () => ((drained += 1), tell()) });
  // Far more than the kernel buffers for a peer that does not read.
  const text = 'x'.repeat(LIMITS.linkHelloFrameBytes);
  for (let bytes = 0; bytes < LIMITS.linkQueueBytes - 2 * text.length; bytes += text.length + 4) near.send(text);
  for (let turn = 0; turn < 1_000; turn += 1) await nextTurn();
  assert.equal(drained, 0);
  receivedOn(far);
  far.admit();
  await allGone;
});

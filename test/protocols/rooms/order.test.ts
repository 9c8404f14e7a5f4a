// Rules of the order inside a view, of pending operations and of the release to clients (ORDER).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { ClientRelease, type Order } from '../../../protocols/rooms/order/client-release.js';
import type { OrderedMessage } from '../../../protocols/rooms/order/message.js';
import { ViewOrder } from '../../../protocols/rooms/order/view-order.js';
import { PendingOperations } from '../../../protocols/rooms/order/pending-operations.js';
import { TestCluster } from './test-cluster.js';

function message(from: number, seq: number, time: number): OrderedMessage {
  const operation = { type: 'chat', client: 1, room: 1, nick: 'n', text: `${from}.${seq}` } as const;
  return { view: 1, from, boot: 1, seq, time, nth: seq, operation };
}

const three = () => new ViewOrder(0, [0, 1, 2], 3, 0);

function delivered(ordering: ViewOrder): string[] {
  const texts: string[] = [];
  for (let next = ordering.takeStable(); next; next = ordering.takeStable()) texts.push(next.operation.text);
  return texts;
}

test('[ORDER-1] a sender waits while 64 of its messages are not acknowledged by all members', () => {
  const ordering = three();
  for (let seq = 1; ordering.maySend; seq += 1) ordering.add(message(0, seq, seq), 0);
  assert.equal(ordering.sent, LIMITS.roomWindow);
  ordering.acknowledge(1, [5, 0, 0], 0);
  assert.equal(ordering.maySend, false);
  ordering.acknowledge(2, [3, 0, 0], 0);
  assert.equal(ordering.maySend, true);
  assert.equal(ordering.add(message(1, 2, 9), 0), false);
});

test('[ORDER-2] messages are delivered by time and sender, each when every member has it', () => {
  const ordering = three();
  ordering.add(message(2, 1, 5), 0);
  ordering.add(message(1, 1, 5), 0);
  ordering.add(message(0, 1, 6), 0);
  ordering.acknowledge(1, [1, 1, 1], 0);
  assert.deepEqual(delivered(ordering), []);
  ordering.acknowledge(2, [0, 1, 1], 0);
  assert.deepEqual(delivered(ordering), ['1.1', '2.1']);
  ordering.acknowledge(2, [1, 1, 1], 0);
  assert.deepEqual(delivered(ordering), ['0.1']);
});

test('[ORDER-3] an acknowledgement that arrives before messages of its sender waits for them', () => {
  const ordering = three();
  ordering.add(message(2, 1, 5), 0);
  ordering.acknowledge(2, [0, 1, 1], 0);
  ordering.acknowledge(1, [0, 1, 1], 0);
  assert.deepEqual(delivered(ordering), []);
  ordering.add(message(1, 1, 4), 0);
  assert.deepEqual(delivered(ordering), ['1.1', '2.1']);
});

test('[ORDER-4] messages of an earlier view are dropped; those of a later view are kept', () => {
  const cluster = TestCluster.ready(3);
  const { replica } = cluster.server(0);
  const { view, boots } = replica.decision;
  const of = (which: number) => ({ ...message(1, 1, 99), view: which, boot: boots[1] ?? 0 });
  const before = replica.viewOrder.received[1];
  assert.equal(replica.receive(of(view - 1), cluster.now), true);
  assert.equal(replica.receive(of(view + 1), cluster.now), true);
  assert.equal(replica.viewOrder.received[1], before);
  replica.install({ ...replica.decision, view: view + 1, cut: [0, 0, 0], tail: [] }, cluster.now);
  assert.equal(replica.viewOrder.received[1], 1);
});

test('[ORDER-5] a wedged server does not send, accept or deliver messages in its view', () => {
  const cluster = TestCluster.ready(3);
  const { replica } = cluster.server(0);
  replica.wedge(cluster.now);
  const report = replica.report();
  cluster.type(0, 'a:1', '/join 1');
  cluster.type(0, 'a:1', 'hi');
  cluster.type(1, 'b:1', '/join 1');
  cluster.type(1, 'b:1', 'ho');
  cluster.advance(100);
  assert.deepEqual(replica.report(), report);
  assert.equal(cluster.receivedBy('b:1').includes('<b:1> ho'), false);
});

test('[ORDER-6] an accepted operation survives a view change and is delivered once', () => {
  const cluster = TestCluster.ready(3);
  for (const [at, who] of ['a:1', 'b:1', 'c:1'].entries()) cluster.type(at, who, '/join 1');
  cluster.advance(50);
  cluster.isolated.add(2);
  cluster.type(0, 'a:1', 'hi');
  cluster.advance(50);
  assert.equal(cluster.receivedBy('a:1').includes('<a:1> hi'), false);
  cluster.advance(2_000);
  const count = (who: string) => cluster.receivedBy(who).filter((line) => line === '<a:1> hi').length;
  assert.deepEqual([count('a:1'), count('b:1'), count('c:1')], [1, 1, 0]);
  cluster.isolated.clear();
  cluster.advance(3_000);
  assert.deepEqual([count('a:1'), count('b:1'), count('c:1')], [1, 1, 1]);
});

test('[ORDER-7] a full queue accepts nothing, and one client fills at most a quarter of it', () => {
  const pending = new PendingOperations();
  const { operation } = message(0, 1, 1);
  for (let nth = 0; pending.mayAdd(1); nth += 1) pending.add(operation);
  assert.equal(pending.size, LIMITS.roomOutboxPerClient);
  for (let client = 2; !pending.isFull; client += 1) pending.add({ ...operation, client });
  assert.equal(pending.mayAdd(9_999_999), false);
  pending.dropThrough(1);
  assert.deepEqual([pending.size, pending.mayAdd(1)], [LIMITS.roomOutboxMax - 1, true]);
});

function heardIn(order: Order, arrivals: readonly number[]): number[] {
  const heard: number[] = [];
  const release = new ClientRelease(order, ({ nth }) => heard.push(nth));
  release.skipTo(1, 1, 0);
  release.received(message(1, 1, 1));
  for (const nth of arrivals) release.received(message(1, nth, nth));
  return heard;
}

test('[ORDER-8] unordered releases on receipt, fifo in order of the server, total on delivery; never twice', () => {
  const arrivals = [3, 1, 3, 2, 4, 2];
  assert.deepEqual(heardIn('unordered', arrivals), [1, 3, 2, 4]);
  assert.deepEqual(heardIn('fifo', arrivals), [1, 2, 3, 4]);
  assert.deepEqual(heardIn('total', arrivals), []);
  const heard: number[] = [];
  new ClientRelease('total', ({ nth }) => heard.push(nth)).delivered(message(1, 1, 1));
  assert.deepEqual(heard, [1]);
});

// The contract of a client's store for the outbox: messages of mine that are not acknowledged yet.

import assert from 'node:assert/strict';
import type { Waiting } from '../../../client/engine/core/store.js';
import { contract } from './contract.js';
import { MY_DEVICE, fromBob, sampleId, toBob } from './samples.js';

const ids = (waiting: readonly Waiting[]): string[] => waiting.map(({ message }) => message.id);

contract('my messages wait for each peer, sorted by seq', (store) => {
  for (const seq of [1, 2, 3, 4]) store.addOutgoing(toBob(seq));
  store.addOutgoing(toBob(1, { peer: 'eve', id: sampleId(1) }));
  assert.deepEqual(
    store.waitingFor('bob', 1, 2, false),
    [2, 3].map((seq) => ({ message: toBob(seq), heldAt: null })),
  );
  assert.deepEqual(ids(store.waitingFor('eve', 0, 9, false)), [sampleId(1)]);
  assert.deepEqual(store.waitingFor('nobody', 0, 9, false), []);
});

contract('all waiting messages are listed, the oldest first', (store) => {
  store.addOutgoing(toBob(1, { peer: 'eve', id: sampleId(1) }));
  store.addOutgoing(toBob(1));
  store.addOutgoing(toBob(2, { peer: 'eve', id: sampleId(2) }));
  assert.deepEqual(ids(store.waiting(2)), [sampleId(1), toBob(1).id]);
  assert.equal(store.waiting(Number.MAX_SAFE_INTEGER).length, 3);
});

contract('messages of my new device wait together with those of the old one', (store) => {
  store.addOutgoing(toBob(1));
  store.addOutgoing(toBob(1, { device: `n${MY_DEVICE.slice(1)}`, id: sampleId(1) }));
  assert.deepEqual(ids(store.waitingFor('bob', 0, 9, false)), [toBob(1).id, sampleId(1)]);
  assert.equal(store.settle(toBob(1).id, 'delivered'), true);
  assert.deepEqual(ids(store.waiting(9)), [sampleId(1)]);
});

contract('a settled message does not wait any more, and settles once', (store) => {
  store.addOutgoing(toBob(1));
  store.addOutgoing(toBob(2));
  assert.equal(store.settle(toBob(1).id, 'delivered'), true);
  assert.equal(store.settle(toBob(2).id, 'cancelled'), true);
  assert.equal(store.settle(toBob(2).id, 'delivered'), false);
  assert.equal(store.settle(sampleId(5), 'delivered'), false);
  assert.deepEqual(store.waiting(9), []);
  assert.equal(store.message(toBob(1).id)?.state, 'delivered');
  assert.equal(store.message(toBob(2).id)?.state, 'cancelled');
});

contract('a message of another person never waits', (store) => {
  store.addMessage(fromBob(1));
  assert.equal(store.settle(fromBob(1).id, 'delivered'), false);
  assert.deepEqual(store.markHeld([fromBob(1).id], 5), []);
});

contract('a held message is marked, and left out if only queued ones are asked for', (store) => {
  for (const seq of [1, 2, 3]) store.addOutgoing(toBob(seq));
  store.settle(toBob(1).id, 'delivered');
  assert.deepEqual(store.markHeld([toBob(2).id, toBob(1).id, sampleId(5)], 50), [toBob(2).id]);
  assert.deepEqual(store.waitingFor('bob', 0, 9, false)[0], { message: toBob(2, { state: 'held' }), heldAt: 50 });
  assert.deepEqual(ids(store.waitingFor('bob', 0, 9, true)), [toBob(3).id]);
  assert.equal(store.message(toBob(1).id)?.state, 'delivered');
  assert.deepEqual([...store.waitingCounts()], [['bob', { queued: 1, held: 1 }]]);
});

contract('a message that is held for too long is queued again', (store) => {
  for (const seq of [1, 2, 3]) store.addOutgoing(toBob(seq));
  store.markHeld([toBob(3).id], 10);
  store.markHeld([toBob(1).id], 20);
  store.markHeld([toBob(2).id], 30);
  assert.deepEqual(store.requeueHeld(30, 'eve'), []);
  assert.deepEqual(store.requeueHeld(20, 'bob'), [toBob(3).id]);
  assert.deepEqual(store.requeueHeld(30, null), [toBob(1).id]);
  assert.deepEqual(store.requeueHeld(30, null), []);
  assert.equal(store.message(toBob(1).id)?.state, 'queued');
  assert.deepEqual([...store.waitingCounts()], [['bob', { queued: 2, held: 1 }]]);
});

contract('a peer with no waiting message is not counted', (store) => {
  store.addOutgoing(toBob(1));
  store.settle(toBob(1).id, 'delivered');
  assert.equal(store.waitingCounts().size, 0);
});

contract('lastWaitingBefore gives the next lower waiting seq', (store) => {
  for (const seq of [1, 2, 3]) store.addOutgoing(toBob(seq));
  store.settle(toBob(2).id, 'delivered');
  assert.equal(store.lastWaitingBefore('bob', 3), 1);
  assert.equal(store.lastWaitingBefore('bob', 1), 0);
  assert.equal(store.lastWaitingBefore('eve', 3), 0);
});

// The contract of a client's store for single messages and their lanes.

import assert from 'node:assert/strict';
import { contract } from './contract.js';
import { BOBS_DEVICE, BOBS_OTHER_DEVICE, MY_DEVICE, fromBob, sampleId, sampleQuick, toBob } from './samples.js';

contract('a message comes back as it was stored', (store) => {
  const message = fromBob(7, {
    lamport: 2 ** 53 - 1,
    text: 'ünï 🌱\u0000',
    shown: false,
    after: 3,
    at: 253_402_300_799_999,
  });
  assert.equal(store.addMessage(message), 'added');
  assert.deepEqual(store.message(message.id), message);
  assert.deepEqual(store.messageAt('bob', BOBS_DEVICE, 7), message);
});

contract('any text is accepted as an id', (store) => {
  store.addMessage(fromBob(1));
  const strange = ['', 'x', sampleId(9), `${sampleId(9).slice(0, 21)}B`, '🌱'.repeat(11), "' OR 1=1 --"];
  for (const id of strange) assert.equal(store.message(id), null);
});

contract('the same message again is `known`', (store) => {
  for (let seq = 1; seq <= 9; seq += 1) store.addMessage(fromBob(seq));
  for (let seq = 1; seq <= 9; seq += 1) assert.equal(store.addMessage(fromBob(seq)), 'known');
  assert.equal(store.history('bob', 50, null).length, 9);
});

contract('another message with the same peer, device, kind and seq is a `conflict`', (store) => {
  store.addMessage(fromBob(1));
  assert.equal(store.addMessage(fromBob(1, { id: sampleId(5) })), 'conflict');
  assert.equal(store.message(sampleId(5)), null);
  assert.equal(store.addMessage(fromBob(1, { id: sampleId(5), device: BOBS_OTHER_DEVICE })), 'added');
});

contract('a quick message that is sent again with another seq is `known`', (store) => {
  store.addMessage(sampleQuick(1));
  assert.equal(store.addMessage(sampleQuick(2, { id: sampleQuick(1).id })), 'known');
  assert.equal(store.lastSeq('bob', BOBS_DEVICE, 'quick'), 1);
});

contract('a message with the id of a message in another lane is a `conflict`', (store) => {
  store.addOutgoing(toBob(1));
  assert.equal(store.addMessage(sampleQuick(1, { id: toBob(1).id })), 'conflict');
  assert.equal(store.addMessage(fromBob(1, { id: toBob(1).id, peer: 'eve' })), 'conflict');
  assert.deepEqual(store.message(toBob(1).id), toBob(1));
});

contract('chat and quick messages have separate sequences', (store) => {
  store.addMessage(fromBob(4));
  store.addMessage(sampleQuick(4));
  store.addMessage(sampleQuick(6));
  assert.equal(store.lastSeq('bob', BOBS_DEVICE, 'chat'), 4);
  assert.equal(store.lastSeq('bob', BOBS_DEVICE, 'quick'), 6);
  assert.equal(store.messageAt('bob', BOBS_DEVICE, 6), null);
});

contract('lastDelivered gives the highest acknowledged seq of my device, for each peer', (store) => {
  for (const seq of [1, 2, 3, 4]) store.addOutgoing(toBob(seq));
  assert.equal(store.lastDelivered('bob', MY_DEVICE), 0);
  store.settle(toBob(1).id, 'delivered');
  store.settle(toBob(3).id, 'delivered');
  store.settle(toBob(4).id, 'cancelled');
  assert.equal(store.lastDelivered('bob', MY_DEVICE), 3);
  store.setState(toBob(3).id, 'read');
  assert.equal(store.lastDelivered('bob', MY_DEVICE), 3);
  store.addMessage(fromBob(9));
  assert.equal(store.lastDelivered('bob', BOBS_DEVICE), 0);
  assert.equal(store.lastDelivered('eve', MY_DEVICE), 0);
});

contract('an unknown peer or device has no messages', (store) => {
  store.addMessage(fromBob(1));
  assert.equal(store.lastSeq('eve', BOBS_DEVICE, 'chat'), 0);
  assert.equal(store.lastSeq('bob', MY_DEVICE, 'chat'), 0);
  assert.equal(store.lastLamport('eve'), 0);
  assert.equal(store.lastShownSeq('eve', BOBS_DEVICE), 0);
  assert.equal(store.messageAt('eve', BOBS_DEVICE, 1), null);
  assert.deepEqual(store.heldBack('eve', BOBS_DEVICE, 9), []);
  assert.deepEqual(store.history('eve', 9, null), []);
});

contract('lastLamport is the highest lamport time of the conversation', (store) => {
  store.addMessage(fromBob(1, { lamport: 40 }));
  store.addOutgoing(toBob(1, { lamport: 12 }));
  assert.equal(store.lastLamport('bob'), 40);
});

contract('held back messages are listed by seq until they are shown', (store) => {
  for (const seq of [5, 3, 4]) store.addMessage(fromBob(seq, { shown: false }));
  store.addMessage(fromBob(1));
  assert.deepEqual(
    store.heldBack('bob', BOBS_DEVICE, 2).map(({ seq }) => seq),
    [3, 4],
  );
  assert.equal(store.lastShownSeq('bob', BOBS_DEVICE), 1);
  store.setShown([fromBob(3).id, fromBob(4).id, sampleId(77)]);
  assert.deepEqual(store.heldBack('bob', BOBS_DEVICE, 9), [fromBob(5, { shown: false })]);
  assert.equal(store.lastShownSeq('bob', BOBS_DEVICE), 4);
});

contract('setState changes a message, and ignores an unknown one', (store) => {
  store.addMessage(fromBob(1));
  store.setState(fromBob(1).id, 'read');
  store.setState(sampleId(5), 'read');
  assert.equal(store.message(fromBob(1).id)?.state, 'read');
});

contract('a second message of mine with the same seq throws', (store) => {
  store.addOutgoing(toBob(1));
  assert.throws(() => store.transaction(() => store.addOutgoing(toBob(1, { id: sampleId(5) }))), /broken promise/);
  assert.equal(store.waiting(9).length, 1);
});

// The contract of a client's store for what the user reads: history, unread counts, read marks.

import assert from 'node:assert/strict';
import type { StoredMessage } from '../../../client/engine/core/store.js';
import { contract } from './contract.js';
import {
  BOBS_DEVICE,
  BOBS_OTHER_DEVICE,
  MY_DEVICE,
  fromBob,
  sampleId,
  sampleKey,
  sampleQuick,
  toBob,
} from './samples.js';

const texts = (messages: readonly StoredMessage[]): string[] => messages.map(({ text }) => text);

contract('history is ordered by lamport, device, seq, kind', (store) => {
  const inOrder = [
    fromBob(9, { lamport: 1 }),
    fromBob(1, { lamport: 2, device: BOBS_OTHER_DEVICE, id: sampleId(1), text: 'other device' }),
    fromBob(1, { lamport: 2 }),
    sampleQuick(1, { lamport: 2, text: 'quick' }),
    fromBob(2, { lamport: 2 }),
    toBob(1, { lamport: 2 }),
    sampleQuick(2, { lamport: 3 }),
  ];
  for (const at of [4, 0, 6, 2, 5, 1, 3]) store.addMessage(inOrder[at] ?? fromBob(1));
  assert.deepEqual(store.history('bob', 50, null), inOrder);
  for (const [at, { id }] of inOrder.entries()) {
    assert.deepEqual(store.history('bob', 50, id), inOrder.slice(0, at), `before ${at}`);
    assert.deepEqual(store.history('bob', 2, id), inOrder.slice(Math.max(0, at - 2), at));
  }
});

contract('devices are ordered by key, not by their first message', (store) => {
  const keys = [
    'zz',
    'aa',
    '__',
    '-_',
    'za',
    'z-',
    'Zz',
    'AZ',
    '00',
    '9z',
    'zzzzzzz',
    'zzzzzzza',
    'zzzzzz-',
    'zzzzzzb',
  ];
  const devices = keys.map((key) => `${key}${sampleKey('q').slice(key.length)}`);
  for (const [at, device] of devices.entries()) store.addMessage(fromBob(1, { device, id: sampleId(at) }));
  assert.deepEqual(
    store.history('bob', 50, null).map(({ device }) => device),
    [...devices].sort(),
  );
});

contract('the newest page is the end of the conversation, the oldest message first', (store) => {
  for (let seq = 1; seq <= 9; seq += 1) store.addMessage(fromBob(seq));
  assert.deepEqual(texts(store.history('bob', 3, null)), ['bob 7', 'bob 8', 'bob 9']);
  assert.deepEqual(texts(store.history('bob', 3, fromBob(7).id)), ['bob 4', 'bob 5', 'bob 6']);
});

contract('the page before an unknown message, or one of another conversation, is empty', (store) => {
  store.addMessage(fromBob(1));
  store.addMessage(fromBob(9, { peer: 'eve', id: sampleId(1) }));
  assert.deepEqual(store.history('bob', 50, sampleId(5)), []);
  assert.deepEqual(store.history('bob', 50, sampleId(1)), []);
  assert.deepEqual(store.history('bob', 50, 'nonsense'), []);
});

contract('a message that is not shown is not in the history', (store) => {
  store.addMessage(fromBob(1));
  store.addMessage(fromBob(3, { shown: false }));
  assert.deepEqual(texts(store.history('bob', 50, null)), ['bob 1']);
  store.setShown([fromBob(3).id]);
  assert.deepEqual(texts(store.history('bob', 50, null)), ['bob 1', 'bob 3']);
});

contract('the unread messages are those of others that are shown and not read', (store) => {
  for (const seq of [1, 2]) store.addMessage(fromBob(seq));
  store.addMessage(fromBob(4, { shown: false }));
  store.addMessage(sampleQuick(1));
  store.addMessage(fromBob(1, { peer: 'eve', id: sampleId(1) }));
  store.addOutgoing(toBob(1));
  store.settle(toBob(1).id, 'delivered');
  assert.deepEqual(
    store.unreadCounts(),
    new Map([
      ['bob', 3],
      ['eve', 1],
    ]),
  );
});

contract('markRead marks the shown messages, and gives the highest read seq of chat', (store) => {
  for (const seq of [1, 2]) store.addMessage(fromBob(seq));
  store.addMessage(fromBob(4, { shown: false }));
  store.addMessage(fromBob(8, { device: BOBS_OTHER_DEVICE, id: sampleId(1) }));
  store.addMessage(sampleQuick(9));
  assert.deepEqual(
    store.markRead('bob'),
    new Map([
      [BOBS_DEVICE, 2],
      [BOBS_OTHER_DEVICE, 8],
    ]),
  );
  assert.deepEqual(store.markRead('bob'), new Map());
  assert.equal(store.unreadCounts().size, 0);
  assert.equal(store.message(sampleQuick(9).id)?.state, 'read');
  store.setShown([fromBob(4).id]);
  assert.deepEqual(store.markRead('bob'), new Map([[BOBS_DEVICE, 4]]));
});

contract('markReadByPeer changes delivered messages up to a seq', (store) => {
  for (const seq of [1, 2, 3, 4, 5]) store.addOutgoing(toBob(seq));
  for (const seq of [4, 1, 2]) store.settle(toBob(seq).id, 'delivered');
  store.settle(toBob(3).id, 'cancelled');
  assert.deepEqual(store.markReadByPeer('bob', MY_DEVICE, 3), [toBob(1).id, toBob(2).id]);
  assert.deepEqual(store.markReadByPeer('bob', MY_DEVICE, 3), []);
  assert.deepEqual(store.markReadByPeer('bob', BOBS_DEVICE, 9), []);
  assert.deepEqual(store.markReadByPeer('bob', MY_DEVICE, 9), [toBob(4).id]);
  assert.equal(store.message(toBob(5).id)?.state, 'queued');
});

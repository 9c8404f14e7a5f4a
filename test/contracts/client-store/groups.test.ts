// The contract of a group's store: log entries, memos and group messages.

import assert from 'node:assert/strict';
import type { TransactionalStore } from '../../../client/engine/core/store.js';
import { storedGroup } from '../../../client/engine/core/conversation-id.js';
import type { StoredGroupMessage } from '../../../protocols/groups/member/group-store.js';
import { contract } from './contract.js';
import { BOBS_DEVICE, fromBob, MY_DEVICE, sampleId, sampleKey } from './samples.js';

const GROUP = sampleId(7);
const OTHER = sampleId(8);
const BOBS_KEY = sampleKey('k');

function signed(text: string) {
  return { payload: text, signature: 'A'.repeat(86) };
}

function kept(seq: number, changes: Partial<StoredGroupMessage> = {}): StoredGroupMessage {
  const fixed = {
    by: 'bob',
    key: BOBS_KEY,
    device: BOBS_DEVICE,
    mine: false,
    visibility: 'shown',
    state: 'delivered',
  } as const;
  const counted = { seq, lamport: seq, at: 1_000 + seq };
  const text = `to all ${seq}`;
  return { ...fixed, ...counted, id: sampleId(5_000 + seq), text, signed: signed(text), ...changes };
}

contract('log entries have consecutive indexes, and are dropped from an index on', (store) => {
  assert.deepEqual(store.groups(), []);
  const groupStore = store.groupStore(GROUP);
  assert.deepEqual(groupStore.entries(), []);
  for (const index of [0, 1, 2]) groupStore.putEntry(index, signed(`entry ${index}`));
  store.groupStore(OTHER).putMemo('only', 'a memo');
  groupStore.dropEntriesFrom(1);
  groupStore.putEntry(1, signed('another'));
  assert.deepEqual(
    groupStore.entries().map(({ payload }) => payload),
    ['entry 0', 'another'],
  );
  assert.deepEqual(store.groups(), [GROUP]);
});

contract('memos are found by name and by prefix', (store) => {
  const groupStore = store.groupStore(GROUP);
  assert.equal(groupStore.memo('mark bob'), null);
  for (const name of ['mark bob', 'mark alice', 'memory', 'markets']) groupStore.putMemo(name, name.toUpperCase());
  groupStore.putMemo('mark bob', 'again');
  assert.equal(groupStore.memo('mark bob'), 'again');
  assert.deepEqual(groupStore.memos('mark '), [
    { name: 'mark alice', text: 'MARK ALICE' },
    { name: 'mark bob', text: 'again' },
  ]);
  assert.deepEqual(store.groupStore(OTHER).memos(''), []);
});

contract('a group message is stored once, complete with its signed form', (store) => {
  const groupStore = store.groupStore(GROUP);
  assert.equal(groupStore.addMessage(kept(1)), true);
  assert.equal(groupStore.addMessage(kept(1)), false);
  assert.equal(groupStore.addMessage(kept(1, { id: sampleId(9), text: 'another' })), false);
  assert.deepEqual(groupStore.messageAt(BOBS_DEVICE, 1), kept(1));
  assert.equal(groupStore.messageAt(BOBS_DEVICE, 2), null);
  const stored = store.message(kept(1).id);
  assert.ok(stored);
  assert.deepEqual(
    [stored.peer, stored.kind, store.authorOf(stored)],
    [storedGroup(GROUP), 'group', { name: 'bob', key: BOBS_KEY }],
  );
  store.addMessage(fromBob(1));
  assert.equal(store.authorOf(fromBob(1)), null);
});

contract('lanes have ends, and their pages skip gaps', (store) => {
  const groupStore = store.groupStore(GROUP);
  for (const seq of [1, 2, 5]) groupStore.addMessage(kept(seq));
  groupStore.addMessage(kept(1, { id: sampleId(1), device: MY_DEVICE, mine: true, state: 'queued', lamport: 9 }));
  const ends = groupStore.lastSeqs().sort((a, b) => b.seq - a.seq);
  assert.deepEqual(ends, [
    { device: BOBS_DEVICE, seq: 5 },
    { device: MY_DEVICE, seq: 1 },
  ]);
  assert.deepEqual(seqs(groupStore.messagesFrom(BOBS_DEVICE, 1, 10)), [2, 5]);
  assert.deepEqual(seqs(groupStore.messagesFrom(BOBS_DEVICE, 0, 2)), [1, 2]);
  assert.equal(groupStore.lastLamport(), 9);
});

contract('a held or hidden message is not in the history; a marked one is, with its mark', (store) => {
  const groupStore = store.groupStore(GROUP);
  groupStore.addMessage(kept(1, { visibility: 'held' }));
  groupStore.addMessage(kept(2));
  groupStore.addMessage(kept(3));
  assert.deepEqual(seqs(groupStore.heldBack()), [1]);
  assert.deepEqual(seqs(groupStore.newestVisible(10)), [2, 3]);
  groupStore.setVisibility(kept(1).id, 'marked');
  groupStore.setVisibility(kept(3).id, 'hidden');
  assert.deepEqual(groupStore.heldBack(), []);
  assert.deepEqual(
    groupStore.newestVisible(10).map(({ seq, visibility: sight }) => [seq, sight]),
    [
      [1, 'marked'],
      [2, 'shown'],
    ],
  );
  assert.deepEqual(seqs(store.history(storedGroup(GROUP), 10, null)), [1, 2]);
  assert.deepEqual(seqs(store.search({ words: ['all'], author: null, peer: null, before: null, limit: 9 })), [2, 1]);
});

contract('the state of a message of mine is stored; a message I read is `delivered` for the group', (store) => {
  const groupStore = store.groupStore(GROUP);
  groupStore.addMessage(kept(1, { device: MY_DEVICE, mine: true, state: 'queued', id: sampleId(2) }));
  groupStore.addMessage(kept(1));
  groupStore.setState(sampleId(2), 'held');
  assert.equal(groupStore.messageAt(MY_DEVICE, 1)?.state, 'held');
  assert.deepEqual([...store.unreadCounts()], [[storedGroup(GROUP), 1]]);
  assert.deepEqual([...store.markRead(storedGroup(GROUP))], []);
  assert.equal(groupStore.messageAt(BOBS_DEVICE, 1)?.state, 'delivered');
  assert.equal(store.unreadCounts().size, 0);
});

contract('a transaction that throws leaves no change in a group', (store: TransactionalStore) => {
  const fail = (): void => {
    const groupStore = store.groupStore(GROUP);
    groupStore.putEntry(0, signed('first'));
    groupStore.putMemo('memory', '{}');
    groupStore.addMessage(kept(1));
    throw new Error('no');
  };
  assert.throws(() => store.transaction(fail));
  const groupStore = store.groupStore(GROUP);
  assert.deepEqual(
    [groupStore.entries(), groupStore.memo('memory'), groupStore.lastSeqs(), store.groups()],
    [[], null, [], []],
  );
  store.transaction(() => groupStore.addMessage(kept(1)));
  assert.deepEqual(seqs(groupStore.newestVisible(9)), [1]);
});

function seqs(messages: readonly { seq: number }[]): number[] {
  return messages.map(({ seq }) => seq);
}

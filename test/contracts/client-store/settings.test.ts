// The contract of a client's store for settings, people, letters and transactions.

import assert from 'node:assert/strict';
import type { TransactionalStore } from '../../../client/engine/core/store.js';
import { contract } from './contract.js';
import { BOBS_DEVICE, fromBob, sampleId, sampleKey, samplePerson, toBob } from './samples.js';

const LETTER = { to: 'bob', kind: 'receipt', body: '{}', at: 7 } as const;

contract('the counter of starts begins at 1 and rises', (store) => {
  assert.deepEqual([store.raiseBoot(), store.raiseBoot(), store.raiseBoot()], [1, 2, 3]);
});

contract('a setting has the value that was put last', (store) => {
  assert.equal(store.setting('record'), null);
  store.putSetting('record', 'a');
  store.putSetting('record', '');
  assert.equal(store.setting('record'), '');
});

contract('people come back as they were put, sorted by name', (store) => {
  const record = { payload: '{"name":"bob"}', signature: 's'.repeat(86) };
  const endpoints = [{ host: '::1', port: 4_000 }];
  const bob = samplePerson('bob', {
    pinned: { key: sampleKey('k'), record },
    claimed: record,
    endpoints,
    verified: true,
  });
  const eve = samplePerson('eve', { friendship: 'none', epoch: 3, blocked: true, note: 'hi "you"' });
  for (const person of [eve, samplePerson('bob'), samplePerson('al'), bob]) store.putPerson(person);
  store.dropPerson('al');
  store.dropPerson('nobody');
  assert.deepEqual(store.people(), [bob, eve]);
});

contract('the messages of a person stay when the person is dropped', (store) => {
  store.putPerson(samplePerson('bob'));
  store.addMessage(fromBob(1));
  store.dropPerson('bob');
  assert.deepEqual(store.history('bob', 50, null), [fromBob(1)]);
});

contract('the size counts all messages, shown or not', (store) => {
  assert.equal(store.size().messages, 0);
  store.addMessage(fromBob(1));
  store.addMessage(fromBob(3, { shown: false }));
  store.addOutgoing(toBob(1));
  assert.equal(store.size().messages, 3);
  assert.ok(store.size().bytes >= 0);
});

contract('letters are listed in the order of arrival, and no ref is used twice', (store) => {
  for (const to of ['bob', 'eve', 'bob']) store.addLetter({ ...LETTER, to });
  const [first, second, third] = store.letters(0, 9);
  assert.deepEqual(store.letters(first?.ref ?? 0, 1), [{ ...LETTER, to: 'eve', ref: second?.ref }]);
  assert.deepEqual(store.lettersTo('bob', 'receipt'), [first, third]);
  assert.deepEqual(store.lettersTo('bob', 'read'), []);
  store.dropLetter(third?.ref ?? 0);
  store.addLetter(LETTER);
  assert.ok((store.letters(0, 9).at(-1)?.ref ?? 0) > (third?.ref ?? 0));
});

contract('the id of a letter is new once, until it is forgotten', (store) => {
  assert.equal(store.seeLetter('a', 10), true);
  assert.equal(store.seeLetter('a', 20), false);
  store.seeLetter('b', 20);
  store.forgetLettersSeenBefore(20);
  assert.equal(store.seeLetter('a', 30), true);
  assert.equal(store.seeLetter('b', 30), false);
});

contract('letter keys come back as they were put, by device and number, until they are dropped', (store) => {
  const key = { key: 'a', secret: 's', device: 'd', number: 10, at: 5, replacedAt: null, daysOld: 0 };
  const keys = [key, { ...key, key: 'b', number: 9, replacedAt: 7, daysOld: 2 }, { ...key, key: 'c', device: 'b' }];
  for (const each of keys) store.putLetterKey({ ...each, daysOld: 99 });
  for (const each of keys) store.putLetterKey(each);
  assert.deepEqual(store.letterKeys(), [keys[2], keys[1], keys[0]]);
  assert.deepEqual(store.letterKey('b'), keys[1]);
  store.dropLetterKey('b');
  store.dropLetterKey('none');
  assert.deepEqual([store.letterKey('b'), store.letterKeys().length], [null, 2]);
});

contract('a transaction returns the result of its work', (store) => {
  assert.equal(
    store.transaction(() => store.raiseBoot() + 40),
    41,
  );
});

/** One change of each kind, on new names and devices. */
function changeEverything(store: TransactionalStore): void {
  store.raiseBoot();
  store.putSetting('record', 'new');
  store.putPerson(samplePerson('eve'));
  store.dropPerson('bob');
  for (let seq = 1; seq <= 7; seq += 1) store.addMessage(fromBob(seq, { peer: 'eve', device: sampleKey('e') }));
  store.addOutgoing(toBob(3));
  store.settle(toBob(1).id, 'cancelled');
  store.markHeld([toBob(2).id], 99);
  store.setShown([fromBob(20).id]);
  store.setState(fromBob(21).id, 'read');
  store.markRead('bob');
  store.addLetter(LETTER);
  store.dropLetter(1);
  store.seeLetter('new', 5);
  store.forgetLettersSeenBefore(50);
  store.putLetterKey({ key: 'k', secret: 's', device: 'd', number: 1, at: 1, replacedAt: 2, daysOld: 3 });
  store.oneTimeKeys.use('single', 'letter');
  store.oneTimeKeys.dropOf('d', 2);
}

function everything(store: TransactionalStore): unknown {
  const of = (peer: string): unknown => [store.history(peer, 99, null), store.lastLamport(peer)];
  const outbox = [store.waiting(99), store.waitingCounts(), store.unreadCounts()];
  const lanes = [store.lastShownSeq('bob', BOBS_DEVICE), store.heldBack('bob', BOBS_DEVICE, 9)];
  return [
    of('bob'),
    of('eve'),
    outbox,
    lanes,
    store.people(),
    store.letters(0, 99),
    store.setting('record'),
    store.letterKeys(),
    store.oneTimeKeys.get('single'),
    store.oneTimeKeys.count('d', 2),
  ];
}

contract('a transaction that throws leaves no change', (store) => {
  store.putPerson(samplePerson('bob'));
  store.addLetter(LETTER);
  store.seeLetter('old', 1);
  const single = { key: 'single', secret: 's', device: 'd', usedBy: null };
  store.oneTimeKeys.put({ ...single, number: 1 });
  store.oneTimeKeys.put({ ...single, key: 'other', number: 2 });
  for (const seq of [1, 2]) store.addOutgoing(toBob(seq));
  store.addMessage(fromBob(20, { shown: false }));
  store.addMessage(fromBob(21));
  const before = everything(store);
  const work = (): never => {
    changeEverything(store);
    throw new Error('crash');
  };
  assert.throws(() => store.transaction(work), /crash/);
  assert.deepEqual(everything(store), before);
  assert.equal(store.seeLetter('old', 2), false);
  assert.equal(store.seeLetter('new', 2), true);
  assert.equal(store.raiseBoot(), 1);
  assert.equal(store.message(fromBob(1).id), null);
});

contract('after a transaction that threw, the next one can use the same names', (store) => {
  const work = (): never => {
    changeEverything(store);
    throw new Error('crash');
  };
  assert.throws(() => store.transaction(work), /crash/);
  store.transaction(() => changeEverything(store));
  assert.equal(store.history('eve', 99, null).length, 7);
  assert.deepEqual(
    store.waiting(9).map(({ message }) => message.id),
    [toBob(3).id],
  );
  assert.equal(store.message(sampleId(1_007))?.peer, 'eve');
});

// The contract of registry stores, as tests that run against each implementation.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RegistryStore, StoredLetter } from '../../nameserver/store/registry-store.js';

const signed = (payload: string) => ({ payload, signature: 'signature' });

function letter(changes: Partial<StoredLetter> = {}): Omit<StoredLetter, 'arrival'> {
  const plain = { id: 'id', name: 'bob', device: 'phone', from: 'alice', at: 1, expiresAt: 100, body: 'body' };
  return { ...plain, ...changes };
}

/** `open` returns an empty store. */
export function testRegistryStore(kind: string, open: () => RegistryStore): void {
  const promise = (title: string, check: (store: RegistryStore) => void): void => {
    void test(`${kind} store: ${title}`, () => {
      const store = open();
      check(store);
      store.close();
    });
  };
  const idsFor = (store: RegistryStore, device = 'phone', after = 0, limit = 100) =>
    store.lettersAfter({ name: 'bob', device }, after, limit).map(({ id }) => id);

  promise('a user is created only if the name is absent', (store) => {
    assert.equal(store.user('alice'), null);
    assert.equal(store.createUser('alice', signed('one'), 5), true);
    assert.equal(store.createUser('alice', signed('two'), 6), false);
    assert.deepEqual(store.user('alice'), { signed: signed('one'), storedAt: 5, revision: 1, lastSeen: null });
  });

  promise('a user is put only if the revision matches', (store) => {
    store.createUser('alice', signed('one'), 5);
    store.putLastSeen('alice', 9);
    assert.equal(store.putUser('alice', { signed: signed('two'), storedAt: 6 }, 1), true);
    assert.equal(store.putUser('alice', { signed: signed('three'), storedAt: 7 }, 1), false);
    assert.equal(store.putUser('nobody', { signed: signed('x'), storedAt: 7 }, 1), false);
    assert.deepEqual(store.user('alice'), { signed: signed('two'), storedAt: 6, revision: 2, lastSeen: 9 });
  });

  promise('the users without a session are found by age, and can be removed', (store) => {
    for (const [at, name] of ['alice', 'bob', 'carol', 'dave'].entries()) store.createUser(name, signed(name), at + 1);
    store.putDevice('bob', { device: 'phone', boot: 0, proof: null, retiredAt: null });
    store.putDevice('carol', { device: 'phone', boot: 1, proof: null, retiredAt: null });
    store.putLastSeen('dave', 9);
    assert.deepEqual(
      [store.unseenUsers(2, 9), store.unseenUsers(9, 9), store.unseenUsers(9, 1)],
      [['alice'], ['alice', 'bob'], ['alice']],
    );
    assert.equal(store.oldestUnseen(), 1);
    store.removeUser('alice');
    assert.deepEqual([store.user('alice'), store.oldestUnseen()], [null, 2]);
    store.removeUser('bob');
    assert.deepEqual([store.devices('bob'), store.oldestUnseen()], [[], null]);
  });

  promise('the bytes in use grow with letters and shrink when they are removed', (store) => {
    const before = store.usedBytes();
    for (const id of ['1', '2', '3']) store.addLetter(letter({ id, body: 'x'.repeat(100_000) }));
    assert.ok(store.usedBytes() >= before + 300_000);
    store.removeLettersExpired(100);
    assert.ok(store.usedBytes() < before + 100_000);
  });

  promise('devices keep the order in which they were first put', (store) => {
    store.putDevice('alice', { device: 'phone', boot: 1, proof: null, retiredAt: null });
    store.putDevice('alice', { device: 'laptop', boot: 0, proof: null, retiredAt: null });
    store.putDevice('alice', { device: 'phone', boot: 2, proof: signed('proof'), retiredAt: 7 });
    assert.deepEqual(store.devices('alice'), [
      { device: 'phone', boot: 2, proof: signed('proof'), retiredAt: 7 },
      { device: 'laptop', boot: 0, proof: null, retiredAt: null },
    ]);
    store.removeDevice('alice', 'phone');
    assert.deepEqual(
      store.devices('alice').map(({ device }) => device),
      ['laptop'],
    );
    assert.deepEqual(store.devices('bob'), []);
  });

  promise('a device has one letter key, which is deleted with the device or the name', (store) => {
    const mailbox = { name: 'bob', device: 'phone' };
    assert.equal(store.keys.letterKey(mailbox), null);
    for (const number of [1, 2]) store.keys.putLetterKey(mailbox, { number, signed: signed(`key ${number}`) });
    store.keys.putLetterKey({ ...mailbox, device: 'laptop' }, { number: 7, signed: signed('other') });
    assert.deepEqual(store.keys.letterKey(mailbox), { number: 2, signed: signed('key 2') });
    store.removeDevice('bob', 'phone');
    assert.deepEqual(
      [store.keys.letterKey(mailbox), store.keys.letterKey({ ...mailbox, device: 'laptop' })?.number],
      [null, 7],
    );
    store.forget('bob');
    assert.equal(store.keys.letterKey({ ...mailbox, device: 'laptop' }), null);
  });

  promise('each one-time key is taken once, the oldest first, and goes with its letter key and its device', (store) => {
    const phone = { name: 'bob', device: 'phone' };
    const laptop = { name: 'bob', device: 'laptop' };
    for (const key of ['1', '2', '3']) store.keys.addOneTimeKey(phone, signed(key));
    store.keys.addOneTimeKey(laptop, signed('other'));
    assert.deepEqual([store.keys.takeOneTimeKey(phone), store.keys.oneTimeKeys(phone)], [signed('1'), 2]);
    assert.deepEqual(store.keys.takeOneTimeKey(phone), signed('2'));
    store.keys.putLetterKey(phone, { number: 1, signed: signed('key') });
    assert.deepEqual([store.keys.takeOneTimeKey(phone), store.keys.oneTimeKeys(laptop)], [null, 1]);
    store.removeDevice('bob', 'laptop');
    store.keys.addOneTimeKey(phone, signed('4'));
    store.forget('bob');
    assert.deepEqual([store.keys.oneTimeKeys(phone), store.keys.oneTimeKeys(laptop)], [0, 0]);
  });

  promise('letters are read by device, in order of arrival and in pages', (store) => {
    for (const id of ['1', '2', '3']) store.addLetter(letter({ id }));
    store.addLetter(letter({ id: 'other', device: 'laptop' }));
    assert.deepEqual(idsFor(store), ['1', '2', '3']);
    assert.deepEqual(idsFor(store, 'laptop'), ['other']);
    const [first] = store.lettersAfter({ name: 'bob', device: 'phone' }, 0, 1);
    assert.deepEqual(first && { ...first, arrival: 0 }, { ...letter({ id: '1' }), arrival: 0 });
    assert.deepEqual(idsFor(store, 'phone', first?.arrival, 1), ['2']);
  });

  promise('the arrival number of a deleted letter is never reused', (store) => {
    store.addLetter(letter());
    const [first] = store.lettersAfter({ name: 'bob', device: 'phone' }, 0, 1);
    store.removeLetter(first?.arrival ?? 0);
    store.removeLetter(first?.arrival ?? 0);
    assert.deepEqual(idsFor(store), []);
    store.addLetter(letter({ id: 'next' }));
    assert.deepEqual(idsFor(store, 'phone', first?.arrival), ['next']);
  });

  promise('letters move to another device and keep their order', (store) => {
    store.addLetter(letter({ id: '1', device: 'old' }));
    store.addLetter(letter({ id: '2' }));
    store.addLetter(letter({ id: '3', device: 'old' }));
    store.moveLetters({ name: 'bob', device: 'old' }, 'phone');
    assert.deepEqual(idsFor(store), ['1', '2', '3']);
  });

  promise('held letters are counted', (store) => {
    store.addLetter(letter({ body: '12345' }));
    store.addLetter(letter({ body: '123', device: 'laptop', from: 'carol' }));
    store.addLetter(letter({ name: 'dora' }));
    assert.deepEqual(store.waitingFor('bob'), { letters: 2, bytes: 8 });
    assert.deepEqual(store.waitingFor('nobody'), { letters: 0, bytes: 0 });
    assert.equal(store.waitingFrom('alice', 'bob'), 1);
    store.addLetter(letter({ from: 'bob' }));
    assert.deepEqual(store.waitingFromStrangers('bob'), { letters: 2, bytes: 8 });
    store.addCorrespondent('alice', 'bob', 9);
    store.addCorrespondent('bob', 'carol', 9);
    assert.deepEqual(store.waitingFromStrangers('bob'), { letters: 1, bytes: 5 });
  });

  promise('letters expire', (store) => {
    assert.equal(store.nextExpiry(), null);
    store.addLetter(letter({ id: 'late', expiresAt: 200 }));
    store.addLetter(letter({ id: 'soon', expiresAt: 100 }));
    assert.equal(store.nextExpiry(), 100);
    store.removeLettersExpired(99);
    assert.deepEqual(idsFor(store), ['late', 'soon']);
    store.removeLettersExpired(100);
    assert.deepEqual(idsFor(store), ['late']);
    assert.equal(store.nextExpiry(), 200);
  });

  promise('groups are stored by name, with their entries', (store) => {
    const group = (founder: string, storedAt: number) => ({ founder, storedAt, state: `{"at":${storedAt}}` });
    const signed = (text: string) => ({ payload: text, signature: 's' });
    assert.equal(store.group('lake'), null);
    for (const name of ['lake', 'hill', 'pond']) store.putGroup(name, group('alice', 1));
    store.putGroup('lake', group('bob', 2));
    assert.deepEqual(store.group('lake'), group('bob', 2));
    assert.deepEqual([store.groupsFoundedBy('alice'), store.groupsFoundedBy('bob')], [2, 1]);
    assert.deepEqual(store.groupsAfter('hill', 1), [group('bob', 2)]);
    assert.equal(store.groupsAfter('', 9).length, 3);
    for (const index of [0, 1, 2]) store.putGroupEntry('lake', index, signed(`entry ${index}`));
    store.dropGroupEntriesFrom('lake', 1);
    store.putGroupEntry('lake', 1, signed('another'));
    assert.deepEqual(store.groupEntries('lake'), [signed('entry 0'), signed('another')]);
    assert.deepEqual(store.groupEntries('hill'), []);
    assert.deepEqual([store.groupEntry('lake', 1), store.groupEntry('lake', 2)], [signed('another'), null]);
  });

  promise('above the limit the oldest correspondent is dropped', (store) => {
    for (const name of ['a', 'b', 'a', 'c', 'd']) store.addCorrespondent('alice', name, 3);
    store.addCorrespondent('bob', 'a', 3);
    const written = ['a', 'b', 'c', 'd'].filter((name) => store.isCorrespondent('alice', name));
    assert.deepEqual(written, ['b', 'c', 'd']);
    assert.equal(store.isCorrespondent('a', 'alice'), false);
    assert.equal(store.isCorrespondent('bob', 'a'), true);
  });

  promise('`forget` deletes everything of a name except its record', (store) => {
    store.createUser('bob', signed('one'), 5);
    store.putDevice('bob', { device: 'phone', boot: 1, proof: null, retiredAt: null });
    store.addLetter(letter());
    store.addLetter(letter({ name: 'carol', from: 'bob' }));
    store.addCorrespondent('bob', 'alice', 9);
    store.addCorrespondent('alice', 'bob', 9);
    store.addCorrespondent('alice', 'carol', 9);
    store.forget('bob');
    assert.deepEqual([store.devices('bob'), store.waitingFor('bob').letters], [[], 0]);
    assert.deepEqual([store.isCorrespondent('bob', 'alice'), store.isCorrespondent('alice', 'bob')], [false, false]);
    assert.deepEqual([store.isCorrespondent('alice', 'carol'), store.waitingFor('carol').letters], [true, 1]);
    assert.notEqual(store.user('bob'), null);
  });

  promise('a transaction that throws changes nothing', (store) => {
    store.createUser('bob', signed('one'), 5);
    store.addLetter(letter({ id: '1' }));
    const [first] = store.lettersAfter({ name: 'bob', device: 'phone' }, 0, 1);
    const crash = new Error('power cut');
    const turn = () => {
      store.putUser('bob', { signed: signed('two'), storedAt: 6 }, 1);
      store.createUser('carol', signed('one'), 5);
      store.putDevice('bob', { device: 'phone', boot: 1, proof: null, retiredAt: null });
      store.removeLetter(first?.arrival ?? 0);
      store.addLetter(letter({ id: '2' }));
      store.addCorrespondent('alice', 'bob', 3);
      store.forget('bob');
      throw crash;
    };
    assert.throws(() => store.transaction(turn), crash);
    assert.equal(store.user('bob')?.signed.payload, 'one');
    assert.deepEqual([store.user('carol'), store.devices('bob')], [null, []]);
    assert.deepEqual(idsFor(store), ['1']);
    assert.equal(store.isCorrespondent('alice', 'bob'), false);
  });

  promise('a transaction returns the result of its work, and commits', (store) => {
    assert.equal(
      store.transaction(() => store.createUser('alice', signed('one'), 5)),
      true,
    );
    assert.notEqual(store.user('alice'), null);
  });
}

// Letters that do not open at their reader: the writer is told, seals them again, and tells its user in the end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Signed } from '../../../../protocols/kit/signed.js';
import { readUnopened, sealedLetterId, signUnopened } from '../../../../protocols/letters/unopened-notice.js';
import { readSealedLetter } from '../../../../protocols/letters/sealed-letter.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { FakePeer } from '../harness/fake-peer.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

const ONLINE = { type: 'online', acceptServer: false } as const;

/** Alice has written to bob, whose client is gone for now. */
function written(): { testbed: Testbed; alice: Client; bob: Client } {
  const testbed = new Testbed();
  const [alice, bob] = testbed.online('alice', 'bob') as [Client, Client];
  bob.do({ type: 'offline' });
  testbed.settle();
  alice.command({ type: 'add', user: 'bob', note: 'hello' });
  testbed.settle();
  return { testbed, alice, bob };
}

const asked = (client: Client) => client.told('friend_request').map(({ note }) => note);
const warnings = (client: Client) => client.told('warning').map(({ code }) => code);
const lettersTo = (testbed: Testbed, name: string) =>
  testbed.server.seen.filter(({ letter }) => letter.to === name && !letter.fleeting).map(({ letter }) => letter.body);
/** To which keys letters to a user were sealed. */
const keysOf = (testbed: Testbed, name: string) => lettersTo(testbed, name).map((body) => readSealedLetter(body)?.key);

/** Alice has asked a peer for friendship. `says`: has alice told that a letter of hers did not open. */
function askedPeer() {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.register();
  alice.command({ type: 'add', user: 'bob', note: 'hello' });
  testbed.settle();
  let notices = 0;
  const says = (notice: Signed, from = 'bob'): void => {
    notices += 1;
    testbed.now += 1_000; // a fake seal of the same letter is the same text
    const id = Buffer.alloc(16, `notice ${notices}`).toString('base64url');
    testbed.server.say(alice, { type: 'unopened', id, from, notice });
    testbed.settle();
  };
  const last = () => sealedLetterId(lettersTo(testbed, 'bob').at(-1) ?? '', fakePrimitives);
  const notice = (letter = last(), key = bob.deviceKey) => signUnopened(letter, key, fakePrimitives);
  return { testbed, alice, bob, says, last, notice, count: () => lettersTo(testbed, 'bob').length };
}

test('[LETTER-25] a friend request to a lost one-time key arrives with its note, sealed to the letter key', () => {
  const { testbed, bob } = written();
  bob.store.transaction(() => bob.store.oneTimeKeys.dropOf(bob.device, 1));
  bob.command(ONLINE);
  testbed.settle();
  assert.deepEqual(asked(bob), ['hello']);
  assert.equal(keysOf(testbed, 'bob')[1], bob.letterKey.key);
});

test('[LETTER-25] a friend request in flight to a disk that is lost arrives at the device that replaces it', () => {
  const { testbed, bob } = written();
  testbed.putBack(bob, 0);
  testbed.pass(LIMITS.letterRetryMs);
  assert.deepEqual([...new Set(asked(bob))], ['hello']);
});

test('[LETTER-25] an invitation to a group in flight to a disk that is lost arrives too', () => {
  const testbed = new Testbed();
  const [alice, dave] = testbed.online('alice', 'dave') as [Client, Client];
  alice.do({ type: 'create_group', group: 'lake', isPublic: false, history: null });
  dave.do({ type: 'offline' });
  testbed.settle();
  alice.command({ type: 'invite', group: 'lake', user: 'dave' });
  testbed.settle();
  testbed.putBack(dave, 0);
  testbed.pass(LIMITS.letterRetryMs);
  assert.deepEqual(
    dave.told('group_invite').map(({ group }) => group),
    ['lake'],
  );
});

test('[LETTER-25] a letter that did not open three times is given up, and the user is told', () => {
  const { alice, says, notice, count } = askedPeer();
  for (const expected of [2, 3, 3]) {
    assert.deepEqual(warnings(alice), []);
    says(notice());
    assert.equal(count(), expected);
  }
  assert.deepEqual(warnings(alice), ['LETTER_UNOPENED']);
});

test('[LETTER-25] a notice counts once, and only from a device of the recipient about a letter that left', () => {
  const { testbed, alice, says, last, notice, count } = askedPeer();
  const mallory = new FakePeer('mallory', testbed);
  mallory.register();
  says(notice(last(), mallory.deviceKey));
  says(notice(last(), fakeKey('made up')));
  says(notice(last(), mallory.deviceKey), 'mallory');
  says(notice(sealedLetterId('another letter', fakePrimitives)));
  says({ payload: '{"letter":7}', signature: 'A'.repeat(86) });
  assert.equal(count(), 1);
  const first = notice();
  for (let again = 0; again < 5; again += 1) says(first);
  assert.deepEqual([count(), warnings(alice)], [2, []]);
});

test('[LETTER-25] a notice that an old look-up does not prove waits for a newer record', () => {
  const { testbed, alice, bob, says, notice, last, count } = askedPeer();
  const next = new FakePeer('bob', testbed, 'next');
  says(notice(last(), next.deviceKey));
  assert.equal(count(), 1);
  bob.register(bob.record(2, next.device));
  testbed.restart(alice);
  alice.command(ONLINE);
  testbed.pass(2_000);
  assert.deepEqual([keysOf(testbed, 'bob').at(-1), warnings(alice)], [next.exchange, []]);
});

test('[LETTER-25] every notice is acknowledged at once, so that none stands in the way of letters', () => {
  const { testbed, says, notice, last } = askedPeer();
  const acknowledged: string[] = [];
  testbed.passes = (_, effect) => {
    if (effect.type === 'session_send' && effect.frame.type === 'done') acknowledged.push(effect.frame.id);
    return true;
  };
  for (let nth = 0; nth < 5; nth += 1) says(notice(last(), fakeKey(`made up ${nth}`)));
  assert.equal(acknowledged.length, 5);
});

test('[LETTER-24] a letter is kept until the server holds it no longer, and a request until it is answered', () => {
  const late = askedPeer();
  const notice = late.notice();
  late.testbed.now += LIMITS.heldMs;
  late.says(notice);
  assert.equal(late.count(), 1);
  const answered = askedPeer();
  const { bob, alice } = answered;
  bob.write(alice, 'friend_answer', { record: bob.record(), epoch: 1, accepted: true });
  const before = answered.count();
  answered.says(answered.notice(sealedLetterId(lettersTo(answered.testbed, 'bob')[0] ?? '', fakePrimitives)));
  assert.equal(answered.count(), before);
});

test('[LETTER-24] of many letters about groups to one user the newest are kept', () => {
  const { testbed, alice, says, notice } = askedPeer();
  for (let group = 0; group <= LIMITS.unconfirmedLettersPerUser; group += 1) {
    alice.do({ type: 'create_group', group: `lake${group}`, isPublic: false, history: null });
    alice.command({ type: 'invite', group: `lake${group}`, user: 'bob' });
    testbed.pass(2_000);
  }
  const ids = lettersTo(testbed, 'bob').map((body) => sealedLetterId(body, fakePrimitives));
  const left = ids.length;
  for (const id of ids) says(notice(id));
  testbed.pass(30_000);
  assert.equal(lettersTo(testbed, 'bob').length, left + LIMITS.unconfirmedLettersPerUser);
});

test('[LETTER-26] a reader signs a bounded number of notices, and none for what is no letter', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const peers = Array.from({ length: 8 }, (_, at) => new FakePeer(`peer${at}`, testbed));
  let given: Signed[] = [];
  testbed.passes = (_, effect) => {
    if (effect.type !== 'session_send' || effect.frame.type !== 'done') return true;
    if (effect.frame.unopened) given.push(effect.frame.unopened);
    return true;
  };
  const [bob] = peers as [FakePeer];
  bob.deliver(alice, 'AAAA');
  assert.equal(given.length, 0);
  const junk = (peer: FakePeer) => peer.seal(alice, 'junk', peer.device, fakeKey('lost').publicKey);
  for (let letter = 0; letter < 2 * LIMITS.noticesPerUser.burst; letter += 1) bob.deliver(alice, junk(bob));
  assert.equal(given.length, LIMITS.noticesPerUser.burst);
  const [first] = given as [Signed];
  const letter = sealedLetterId(junk(bob), fakePrimitives);
  assert.deepEqual(readUnopened(first, alice.device, fakePrimitives), { device: alice.device, letter });
  given = [];
  for (const peer of peers) for (let one = 0; one < 20; one += 1) peer.deliver(alice, junk(peer));
  assert.ok(given.length < LIMITS.noticesInAll.burst, String(given.length));
});

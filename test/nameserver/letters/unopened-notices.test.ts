// The notice that a letter did not open: held for its writer, within budgets, and never longer than the letter.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import { signUnopened, sealedLetterId } from '../../../protocols/letters/unopened-notice.js';
import { sealedLetterText } from '../../../protocols/letters/sealed-letter.js';
import { primitives } from '../../../runtime/crypto.js';
import { CoreTestbed, type CoreTestbedOptions } from '../core-testbed.js';
import { Person } from '../person.js';

/** Alice wrote a letter to bob, who has received it. `done`: he says that it did not open. */
function meeting({
  sealed = 'x'.repeat(LIMITS.letterPaddingBytes),
  ...options
}: CoreTestbedOptions & { sealed?: string } = {}) {
  const [alice, bob] = [new Person('alice'), new Person('bob')] as const;
  const testbed = new CoreTestbed(options);
  testbed.register(alice);
  testbed.register(bob);
  const from = testbed.connect(alice);
  const session = testbed.connect(bob);
  const writer = { device: alice.device, identity: alice.identity.publicKey };
  const bodyOf = (text: string) => sealedLetterText({ key: bob.exchange, writer, sealed: text });
  assert.equal(testbed.sendLetter(from, bob, { body: bodyOf(sealed) }), 'forwarded');
  const letter = testbed.takeLetters(session).at(-1) ?? assert.fail();
  testbed.take(from);
  const noticeOf = (body: string) => signUnopened(sealedLetterId(body, primitives), bob.deviceKey, primitives);
  const notice = noticeOf(letter.body);
  const done = (id: string | undefined = letter.id, unopened: Signed | null = notice) =>
    testbed.send(session, { type: 'done', id, ...(unopened && { unopened }) });
  const heard = (at: number) => testbed.take(at).filter((frame) => frame.type === 'unopened');
  return { testbed, alice, bob, from, session, letter, notice, noticeOf, bodyOf, done, heard };
}

test('[SESS-30] the writer of a letter that did not open is told at once, or in its next session', () => {
  const { testbed, alice, from, notice, done, heard } = meeting();
  done();
  const [first] = heard(from);
  assert.ok(first?.type === 'unopened');
  assert.deepEqual([first.from, first.notice], ['bob', notice]);
  testbed.restart();
  const later = testbed.connect(alice);
  assert.deepEqual(heard(later), [first]);
  testbed.send(later, { type: 'done', id: first.id });
  assert.deepEqual([testbed.store.waitingFor('alice').letters, heard(testbed.connect(alice))], [0, []]);
});

test('[SESS-30] a notice is passed only for a letter that this session received, and once', () => {
  const { testbed, from, letter, notice, done, heard } = meeting();
  testbed.send(from, { type: 'done', id: letter.id, unopened: notice });
  assert.equal(testbed.store.waitingFor('alice').letters, 0);
  done();
  done();
  assert.equal(heard(from).length, 1);
  const [own] = testbed.takeLetters(from);
  assert.equal(own, undefined);
});

test('[SESS-30] a notice that is longer than its letter, or than a notice can be, is not passed', () => {
  const short = meeting({ sealed: 'x' });
  short.done();
  assert.deepEqual(short.heard(short.from), []);
  const long = meeting({ sealed: 'x'.repeat(2_000) });
  long.done(long.letter.id, { ...long.notice, payload: long.notice.payload + ' '.repeat(LIMITS.unopenedNoticeBytes) });
  assert.deepEqual(long.heard(long.from), []);
});

test('[SESS-30] notices beyond the budget of their author, or into a full mailbox, are not passed', () => {
  const { testbed, from, session, done, heard, letter } = meeting();
  const offer = {
    type: 'letter',
    id: letter.id,
    to: 'carol',
    device: letter.id.padEnd(43, 'A'),
    fleeting: true,
    body: 'eA',
  };
  for (let at = 0; at < LIMITS.signalsPerName.burst; at += 1) testbed.send(session, offer);
  done();
  assert.deepEqual(heard(from), []);
  const full = meeting({ heldBytes: 4_000 });
  const name = { name: 'alice', device: full.alice.device };
  full.testbed.store.addLetter({ ...name, id: 'x', from: 'carol', at: 1, expiresAt: 1e15, body: 'x'.repeat(3_900) });
  full.done();
  assert.equal(full.testbed.store.waitingFor('alice').letters, 1);
});

test('[SESS-30] the bytes of a letter stay charged for its notice: without one they return', () => {
  const sealed = 'x'.repeat(LIMITS.letterBytes);
  const lettersTaken = (hasNotices: boolean): number => {
    const { testbed, from, session, letter, done, noticeOf, bodyOf, bob } = meeting({ sealed });
    done(letter.id, hasNotices ? noticeOf(letter.body) : null);
    for (let taken = 1; taken <= 140; taken += 1) {
      if (testbed.sendLetter(from, bob, { body: bodyOf(sealed) }) !== 'forwarded') return taken;
      const [next] = testbed.takeLetters(session);
      done(next?.id, hasNotices ? noticeOf(next?.body ?? '') : null);
      testbed.now += 500; // two letters a second may always leave
    }
    return Infinity;
  };
  assert.equal(lettersTaken(false), Infinity);
  assert.ok(lettersTaken(true) <= 2 + LIMITS.heldBytesPerName.burst / LIMITS.letterBytes);
});

test('[SESS-30] a notice makes its author no correspondent: the writer stays a stranger', () => {
  const { testbed, done } = meeting();
  done();
  assert.equal(testbed.store.isCorrespondent('bob', 'alice'), false);
});

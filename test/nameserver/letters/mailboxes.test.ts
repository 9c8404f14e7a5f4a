// Tests the mailboxes of the name server: storage until `done`, order, quotas and expiry.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { makeSigningKey } from '../../../runtime/crypto.js';
import { CoreTestbed, type CoreTestbedOptions } from '../core-testbed.js';
import { Person } from '../person.js';
import { claimOf } from '../session-offer.js';

const MINUTE = 60_000;

/** Letters that one user may leave at once for users who are away. */
const HELD_AT_ONCE = LIMITS.lettersPerName.burst - LIMITS.lettersKeptForOnline;

/** Alice is online, bob is registered. They are correspondents, unless `strangers` is set. */
function meeting(options: CoreTestbedOptions & { strangers?: boolean } = {}) {
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  const testbed = new CoreTestbed(options);
  testbed.register(alice);
  testbed.register(bob);
  const from = testbed.connect(alice);
  if (!options.strangers) testbed.store.addCorrespondent('bob', 'alice', 10);
  testbed.take(from);
  return { testbed, alice, bob, from };
}

function bodies(letters: { body: string }[]): string[] {
  return letters.map(({ body }) => body);
}

/** Sends many letters, with a pause of a minute whenever the rate limit is reached. */
function sendMany(testbed: CoreTestbed, count: number, send: (at: number) => string): void {
  for (let at = 0; at < count; at += 1) {
    if (at % HELD_AT_ONCE === 0) testbed.now += MINUTE;
    assert.match(send(at), /held|forwarded/);
  }
}

test('[SESS-10] a letter is stored before `accepted`, whether the recipient is online or offline', () => {
  const { testbed, bob, from } = meeting();
  assert.equal(testbed.sendLetter(from, bob), 'held');
  assert.equal(testbed.store.waitingFor('bob').letters, 1);
  const session = testbed.connect(bob);
  assert.equal(testbed.sendLetter(from, bob), 'forwarded');
  assert.equal(testbed.store.waitingFor('bob').letters, 2);
  assert.equal(testbed.takeLetters(session).length, 2);
});

test('[SESS-10] a letter whose transaction failed is neither accepted nor stored', () => {
  const { testbed, bob, from } = meeting();
  const crash = new Error('power cut');
  const frame = {
    type: 'letter',
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    to: 'bob',
    device: bob.device,
    fleeting: false,
    body: 'eA',
  };
  const turn = () => {
    testbed.core.handle({ type: 'frame', session: from, frame }, testbed.now);
    throw crash;
  };
  assert.throws(() => testbed.store.transaction(turn), crash);
  testbed.restart();
  assert.equal(testbed.store.waitingFor('bob').letters, 0);
  assert.deepEqual(testbed.takeLetters(testbed.connect(bob)), []);
});

test('[SESS-11] held letters are delivered in order of arrival, within the window', () => {
  const { testbed, bob, from } = meeting();
  const sent = Array.from({ length: LIMITS.lettersInFlightPerSession + 3 }, (_, at) => `letter-${at}`);
  for (const body of sent) testbed.sendLetter(from, bob, { body });
  const session = testbed.connect(bob);
  const first = testbed.takeLetters(session);
  assert.deepEqual(bodies(first), sent.slice(0, LIMITS.lettersInFlightPerSession));
  const rest = first.flatMap(({ id }) => testbed.send(session, { type: 'done', id }));
  assert.deepEqual(bodies(rest.filter((frame) => frame.type === 'deliver')), sent.slice(-3));
});

test('[SESS-11] the window also limits the bytes of unacknowledged letters', () => {
  const { testbed, bob, from } = meeting();
  const body = 'x'.repeat(LIMITS.lettersInFlightBytes / 4 - 1);
  for (let count = 0; count < 7; count += 1) testbed.sendLetter(from, bob, { body });
  const session = testbed.connect(bob);
  const first = testbed.takeLetters(session);
  assert.equal(first.length, 5);
  const rest = first.flatMap(({ id }) => testbed.send(session, { type: 'done', id }));
  assert.equal(rest.length, 2);
});

test('[SESS-11] a new letter does not overtake letters that wait for the window', () => {
  const { testbed, bob, from } = meeting();
  const session = testbed.connect(bob);
  const sent = Array.from({ length: LIMITS.lettersInFlightPerSession + 5 }, (_, at) => `letter-${at}`);
  for (const body of sent) testbed.sendLetter(from, bob, { body });
  const received: string[] = [];
  for (let letters = testbed.takeLetters(session); letters.length > 0; letters = testbed.takeLetters(session)) {
    received.push(...bodies(letters));
    for (const { id } of letters) testbed.put({ type: 'frame', session, frame: { type: 'done', id } });
  }
  assert.deepEqual(received, sent);
});

test('[SESS-12] a letter is delivered in each new session until it is acknowledged', () => {
  const { testbed, bob, from } = meeting();
  testbed.sendLetter(from, bob);
  const [first] = testbed.takeLetters(testbed.connect(bob));
  testbed.restart();
  const session = testbed.connect(bob);
  const [again] = testbed.takeLetters(session);
  assert.deepEqual(again, first);
  testbed.send(session, { type: 'done', id: again?.id });
  assert.equal(testbed.store.waitingFor('bob').letters, 0);
  assert.deepEqual(testbed.takeLetters(testbed.connect(bob)), []);
});

test('[SESS-12] a session cannot delete a letter that it did not receive', () => {
  const { testbed, bob, from } = meeting();
  testbed.sendLetter(from, bob);
  const [letter] = testbed.takeLetters(testbed.connect(bob));
  testbed.send(from, { type: 'done', id: letter?.id });
  assert.equal(testbed.store.waitingFor('bob').letters, 1);
});

test('[SESS-13] a letter expires at its time, not earlier, also after a restart', () => {
  const { testbed, bob, from } = meeting({ heldMs: 10 * MINUTE });
  testbed.sendLetter(from, bob);
  testbed.now += MINUTE;
  testbed.sendLetter(from, bob);
  testbed.put({ type: 'closed', session: from });
  const waiting = [9 * MINUTE - 1, 1, MINUTE].map((ms) => {
    testbed.pass(ms);
    if (ms === 1) testbed.restart();
    return testbed.store.waitingFor('bob').letters;
  });
  assert.deepEqual(waiting, [2, 1, 0]);
  // What remains is the expiry of names whose users never had a session [LOAD-12].
  const wakeAt = testbed.core.wakeAt() ?? Infinity;
  assert.ok(wakeAt >= testbed.now + LIMITS.servingStepMs - MINUTE, 'no letter is waited for');
});

test('[SESS-14] the number of letters held for one user is limited', () => {
  const { testbed, bob, from } = meeting();
  sendMany(testbed, LIMITS.heldLettersPerRecipient, () => testbed.sendLetter(from, bob));
  testbed.now += MINUTE;
  assert.equal(testbed.sendLetter(from, bob), 'MAILBOX_FULL');
  const session = testbed.connect(bob);
  const [letter] = testbed.takeLetters(session);
  testbed.send(session, { type: 'done', id: letter?.id });
  assert.equal(testbed.sendLetter(from, bob), 'forwarded');
});

test('[SESS-14] the bytes of letters held for one user are limited', () => {
  const { testbed, bob, from } = meeting({ heldBytes: 1_000 });
  assert.equal(testbed.sendLetter(from, bob, { body: 'x'.repeat(600) }), 'held');
  assert.equal(testbed.sendLetter(from, bob, { body: 'x'.repeat(401) }), 'MAILBOX_FULL');
  assert.equal(testbed.sendLetter(from, bob, { body: 'x'.repeat(400) }), 'held');
});

test('[SESS-15] the letters at once from one user are limited, and return continuously', () => {
  const { testbed, alice, bob, from } = meeting();
  for (let count = 0; count < HELD_AT_ONCE; count += 1) assert.equal(testbed.sendLetter(from, bob), 'held');
  assert.equal(testbed.sendLetter(from, bob), 'LETTERS_TOO_FAST');
  const again = testbed.connect(alice);
  assert.equal(testbed.sendLetter(again, bob), 'LETTERS_TOO_FAST');
  for (let second = 0; second < 10; second += 1) {
    testbed.now += 500;
    assert.equal(testbed.sendLetter(again, bob), 'held');
    assert.equal(testbed.sendLetter(again, bob), 'LETTERS_TOO_FAST');
  }
});

test('[SESS-15] letters that are held leave an allowance for recipients who are online', () => {
  const { testbed, bob, from } = meeting();
  const carol = new Person('carol');
  testbed.register(carol);
  testbed.connect(carol);
  testbed.store.addCorrespondent('carol', 'alice', 10);
  while (testbed.sendLetter(from, bob) === 'held');
  for (let count = 0; count < LIMITS.lettersKeptForOnline; count += 1) {
    assert.equal(testbed.sendLetter(from, carol), 'forwarded');
  }
  assert.equal(testbed.sendLetter(from, carol), 'LETTERS_TOO_FAST');
});

test('[SESS-27] traffic that finds users never pays for other letters, nor other letters for it', () => {
  const { testbed, bob, from } = meeting();
  while (testbed.sendLetter(from, bob) === 'held');
  testbed.connect(bob);
  for (let count = 0; count < LIMITS.signalsPerName.burst; count += 1) {
    assert.equal(testbed.sendLetter(from, bob, { fleeting: true }), 'forwarded');
  }
  assert.equal(testbed.sendLetter(from, bob, { fleeting: true }), 'LETTERS_TOO_FAST');
  assert.equal(testbed.sendLetter(from, bob), 'forwarded');
});

test('[SESS-16] five letters of a stranger are held, and accepted again after a reply', () => {
  const { testbed, alice, bob, from } = meeting({ strangers: true });
  for (let count = 0; count < LIMITS.lettersWaitingFromStranger; count += 1) {
    assert.equal(testbed.sendLetter(from, bob), 'held');
  }
  assert.equal(testbed.sendLetter(from, bob), 'STRANGER_QUOTA');
  const session = testbed.connect(bob);
  assert.equal(testbed.sendLetter(session, alice), 'forwarded');
  assert.equal(testbed.sendLetter(from, bob), 'forwarded');
});

test('[SESS-16] acknowledged letters do not count against a stranger', () => {
  const { testbed, bob, from } = meeting({ strangers: true });
  const session = testbed.connect(bob);
  for (let count = 0; count < LIMITS.lettersWaitingFromStranger * 3; count += 1) {
    assert.equal(testbed.sendLetter(from, bob), 'forwarded');
    for (const { id } of testbed.takeLetters(session)) testbed.send(session, { type: 'done', id });
  }
});

test('[SESS-21] any number of strangers leaves room for correspondents of the recipient', () => {
  const { testbed, bob, from } = meeting();
  const sendAsStranger = (at: number) => {
    const stranger = new Person(`stranger${at}`);
    testbed.register(stranger);
    return testbed.sendLetter(testbed.connect(stranger), bob);
  };
  for (let at = 0; at < LIMITS.heldLettersFromStrangers; at += 1) assert.equal(sendAsStranger(at), 'held');
  assert.equal(sendAsStranger(LIMITS.heldLettersFromStrangers), 'MAILBOX_FULL');
  assert.equal(testbed.sendLetter(from, bob), 'held');
});

test('[SESS-21] strangers together get a fifth of the bytes', () => {
  const { testbed, alice, bob, from } = meeting({ strangers: true, heldBytes: 1_000 });
  assert.equal(testbed.sendLetter(from, bob, { body: 'x'.repeat(150) }), 'held');
  assert.equal(testbed.sendLetter(from, bob, { body: 'x'.repeat(51) }), 'MAILBOX_FULL');
  testbed.store.addCorrespondent(bob.name, alice.name, 10);
  assert.equal(testbed.sendLetter(from, bob, { body: 'x'.repeat(850) }), 'held');
});

test('[SESS-17] a fleeting letter is forwarded to an online device, and never stored', () => {
  const { testbed, bob, from } = meeting();
  assert.equal(testbed.sendLetter(from, bob, { fleeting: true }), 'RECIPIENT_AWAY');
  const session = testbed.connect(bob);
  assert.equal(testbed.sendLetter(from, bob, { fleeting: true, body: 'offer' }), 'forwarded');
  assert.deepEqual(bodies(testbed.takeLetters(session)), ['offer']);
  assert.equal(testbed.store.waitingFor('bob').letters, 0);
});

test('[SESS-17] a full mailbox does not stop a fleeting letter', () => {
  const { testbed, bob, from } = meeting({ strangers: true });
  for (let count = 0; count < LIMITS.lettersWaitingFromStranger; count += 1) testbed.sendLetter(from, bob);
  testbed.connect(bob);
  assert.equal(testbed.sendLetter(from, bob), 'STRANGER_QUOTA');
  assert.equal(testbed.sendLetter(from, bob, { fleeting: true }), 'forwarded');
});

test('[SESS-18] a session receives letters that were moved to its device, each once', () => {
  const { testbed, bob, from } = meeting();
  const other = makeSigningKey();
  testbed.register(bob, bob.record({ version: 2, devices: [bob.deviceKey, other] }));
  testbed.sendLetter(from, bob, { body: 'elsewhere', device: other.publicKey });
  const session = testbed.connect(bob);
  testbed.sendLetter(from, bob, { body: 'here' });
  assert.deepEqual(bodies(testbed.takeLetters(session)), ['here']);
  testbed.register(bob, bob.record({ version: 3 }));
  assert.deepEqual(bodies(testbed.takeLetters(session)), ['elsewhere']);
});

test('[SESS-18] a letter for an unknown user or device is rejected', () => {
  const { testbed, bob, from } = meeting();
  assert.equal(testbed.sendLetter(from, new Person('nobody')), 'RECIPIENT_UNKNOWN');
  assert.equal(testbed.sendLetter(from, bob, { device: makeSigningKey().publicKey }), 'RECIPIENT_UNKNOWN');
});

test('[SESS-18] for 30 days, letters for a retired device go to the first device', () => {
  const { testbed, alice, bob, from } = meeting();
  testbed.sendLetter(from, bob, { body: 'before' });
  const next = makeSigningKey();
  testbed.register(bob, bob.record({ version: 2, devices: [next] }));
  assert.equal(testbed.sendLetter(from, bob, { body: 'after' }), 'held');
  const { session, offer } = testbed.open();
  const proof = bob.proof({ ...claimOf(offer), boot: 1 }, next);
  testbed.put({ type: 'frame', session, frame: { type: 'session', proof } });
  assert.deepEqual(bodies(testbed.takeLetters(session)), ['before', 'after']);
  testbed.pass(LIMITS.retiredDeviceMs - 1);
  assert.equal(testbed.sendLetter(testbed.connect(alice), bob), 'held');
  testbed.register(bob, bob.record({ version: 3, devices: [next] }));
  testbed.pass(1);
  assert.equal(testbed.sendLetter(testbed.connect(alice), bob), 'RECIPIENT_UNKNOWN');
});

test('[SESS-20] the next owner of a name receives no letter of the previous owner', () => {
  const { testbed, bob, from } = meeting();
  testbed.sendLetter(from, bob);
  testbed.register(bob, bob.tombstone(2));
  assert.equal(testbed.sendLetter(from, bob), 'RECIPIENT_UNKNOWN');
  testbed.pass(LIMITS.nameReservedMs);
  const heir = new Person('bob');
  assert.equal(testbed.register(heir), 'new');
  assert.deepEqual(testbed.takeLetters(testbed.connect(heir)), []);
});

// Tests the mailboxes of the name server: storage until `done`, order, quotas and expiry.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { makeSigningKey } from '../../../runtime/crypto.js';
import { CoreTestbed, type CoreTestbedOptions } from '../core-testbed.js';
import { Person } from '../person.js';

const MINUTE = 60_000;

/** Alice is online, bob is registered. They are correspondents, unless `strangers` is set. */
function meeting(options: CoreTestbedOptions & { strangers?: boolean } = {}) {
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  const world = new CoreTestbed(options);
  world.register(alice);
  world.register(bob);
  const from = world.enter(alice);
  if (!options.strangers) world.store.addCorrespondent('bob', 'alice', 10);
  world.take(from);
  return { world, alice, bob, from };
}

function bodies(letters: { body: string }[]): string[] {
  return letters.map(({ body }) => body);
}

/** Sends many letters, with a pause of a minute whenever the rate limit is reached. */
function leaveMany(world: CoreTestbed, count: number, leave: (at: number) => string): void {
  for (let at = 0; at < count; at += 1) {
    if (at % LIMITS.lettersPerMinutePerSender === 0) world.now += MINUTE;
    assert.match(leave(at), /held|forwarded/);
  }
}

test('[SESS-10] a letter is stored before `accepted`, whether the recipient is online or offline', () => {
  const { world, bob, from } = meeting();
  assert.equal(world.leave(from, bob), 'held');
  assert.equal(world.store.waitingFor('bob').letters, 1);
  const session = world.enter(bob);
  assert.equal(world.leave(from, bob), 'forwarded');
  assert.equal(world.store.waitingFor('bob').letters, 2);
  assert.equal(world.takeLetters(session).length, 2);
});

test('[SESS-10] a letter whose transaction failed is neither accepted nor stored', () => {
  const { world, bob, from } = meeting();
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
    world.core.handle({ type: 'frame', session: from, frame }, world.now);
    throw crash;
  };
  assert.throws(() => world.store.transaction(turn), crash);
  world.restart();
  assert.equal(world.store.waitingFor('bob').letters, 0);
  assert.deepEqual(world.takeLetters(world.enter(bob)), []);
});

test('[SESS-11] held letters are delivered in order of arrival, within the window', () => {
  const { world, bob, from } = meeting();
  const sent = Array.from({ length: LIMITS.lettersInFlightPerSession + 3 }, (_, at) => `letter-${at}`);
  for (const body of sent) world.leave(from, bob, { body });
  const session = world.enter(bob);
  const first = world.takeLetters(session);
  assert.deepEqual(bodies(first), sent.slice(0, LIMITS.lettersInFlightPerSession));
  const rest = first.flatMap(({ id }) => world.send(session, { type: 'done', id }));
  assert.deepEqual(bodies(rest.filter((frame) => frame.type === 'deliver')), sent.slice(-3));
});

test('[SESS-11] the window also limits the bytes of unacknowledged letters', () => {
  const { world, bob, from } = meeting();
  const body = 'x'.repeat(LIMITS.lettersInFlightBytes / 4 - 1);
  for (let count = 0; count < 7; count += 1) world.leave(from, bob, { body });
  const session = world.enter(bob);
  const first = world.takeLetters(session);
  assert.equal(first.length, 5);
  const rest = first.flatMap(({ id }) => world.send(session, { type: 'done', id }));
  assert.equal(rest.length, 2);
});

test('[SESS-11] a new letter does not overtake letters that wait for the window', () => {
  const { world, bob, from } = meeting();
  const session = world.enter(bob);
  const sent = Array.from({ length: LIMITS.lettersInFlightPerSession + 5 }, (_, at) => `letter-${at}`);
  for (const body of sent) world.leave(from, bob, { body });
  const came: string[] = [];
  for (let letters = world.takeLetters(session); letters.length > 0; letters = world.takeLetters(session)) {
    came.push(...bodies(letters));
    for (const { id } of letters) world.put({ type: 'frame', session, frame: { type: 'done', id } });
  }
  assert.deepEqual(came, sent);
});

test('[SESS-12] a letter is delivered in each new session until it is acknowledged', () => {
  const { world, bob, from } = meeting();
  world.leave(from, bob);
  const [first] = world.takeLetters(world.enter(bob));
  world.restart();
  const session = world.enter(bob);
  const [again] = world.takeLetters(session);
  assert.deepEqual(again, first);
  world.send(session, { type: 'done', id: again?.id });
  assert.equal(world.store.waitingFor('bob').letters, 0);
  assert.deepEqual(world.takeLetters(world.enter(bob)), []);
});

test('[SESS-12] a session cannot delete a letter that it did not receive', () => {
  const { world, bob, from } = meeting();
  world.leave(from, bob);
  const [letter] = world.takeLetters(world.enter(bob));
  world.send(from, { type: 'done', id: letter?.id });
  assert.equal(world.store.waitingFor('bob').letters, 1);
});

test('[SESS-13] a letter expires at its time, not earlier, also after a restart', () => {
  const { world, bob, from } = meeting({ heldMs: 10 * MINUTE });
  world.leave(from, bob);
  world.now += MINUTE;
  world.leave(from, bob);
  world.put({ type: 'closed', session: from });
  const waiting = [9 * MINUTE - 1, 1, MINUTE].map((ms) => {
    world.pass(ms);
    if (ms === 1) world.restart();
    return world.store.waitingFor('bob').letters;
  });
  assert.deepEqual(waiting, [2, 1, 0]);
  assert.equal(world.core.wakeAt(), null);
});

test('[SESS-14] the number of letters held for one user is limited', () => {
  const { world, bob, from } = meeting();
  leaveMany(world, LIMITS.heldLettersPerRecipient, () => world.leave(from, bob));
  world.now += MINUTE;
  assert.equal(world.leave(from, bob), 'MAILBOX_FULL');
  const session = world.enter(bob);
  const [letter] = world.takeLetters(session);
  world.send(session, { type: 'done', id: letter?.id });
  assert.equal(world.leave(from, bob), 'forwarded');
});

test('[SESS-14] the bytes of letters held for one user are limited', () => {
  const { world, bob, from } = meeting({ heldBytes: 1_000 });
  assert.equal(world.leave(from, bob, { body: 'x'.repeat(600) }), 'held');
  assert.equal(world.leave(from, bob, { body: 'x'.repeat(401) }), 'MAILBOX_FULL');
  assert.equal(world.leave(from, bob, { body: 'x'.repeat(400) }), 'held');
});

test('[SESS-15] the letters per minute from one user are limited', () => {
  const { world, alice, bob, from } = meeting();
  for (let count = 0; count < LIMITS.lettersPerMinutePerSender; count += 1) world.leave(from, bob);
  assert.equal(world.leave(from, bob), 'LETTERS_TOO_FAST');
  const again = world.enter(alice);
  assert.equal(world.leave(again, bob), 'LETTERS_TOO_FAST');
  world.now += MINUTE;
  assert.equal(world.leave(again, bob), 'held');
});

test('[SESS-16] five letters of a stranger are held, and accepted again after a reply', () => {
  const { world, alice, bob, from } = meeting({ strangers: true });
  for (let count = 0; count < LIMITS.lettersWaitingFromStranger; count += 1) {
    assert.equal(world.leave(from, bob), 'held');
  }
  assert.equal(world.leave(from, bob), 'STRANGER_QUOTA');
  const session = world.enter(bob);
  assert.equal(world.leave(session, alice), 'forwarded');
  assert.equal(world.leave(from, bob), 'forwarded');
});

test('[SESS-16] acknowledged letters do not count against a stranger', () => {
  const { world, bob, from } = meeting({ strangers: true });
  const session = world.enter(bob);
  for (let count = 0; count < LIMITS.lettersWaitingFromStranger * 3; count += 1) {
    assert.equal(world.leave(from, bob), 'forwarded');
    for (const { id } of world.takeLetters(session)) world.send(session, { type: 'done', id });
  }
});

test('[SESS-21] any number of strangers leaves room for correspondents of the recipient', () => {
  const { world, bob, from } = meeting();
  const leaveAsStranger = (at: number) => {
    const stranger = new Person(`stranger${at}`);
    world.register(stranger);
    return world.leave(world.enter(stranger), bob);
  };
  for (let at = 0; at < LIMITS.heldLettersFromStrangers; at += 1) assert.equal(leaveAsStranger(at), 'held');
  assert.equal(leaveAsStranger(LIMITS.heldLettersFromStrangers), 'MAILBOX_FULL');
  assert.equal(world.leave(from, bob), 'held');
});

test('[SESS-21] strangers together get a fifth of the bytes', () => {
  const { world, alice, bob, from } = meeting({ strangers: true, heldBytes: 1_000 });
  assert.equal(world.leave(from, bob, { body: 'x'.repeat(150) }), 'held');
  assert.equal(world.leave(from, bob, { body: 'x'.repeat(51) }), 'MAILBOX_FULL');
  world.store.addCorrespondent(bob.name, alice.name, 10);
  assert.equal(world.leave(from, bob, { body: 'x'.repeat(850) }), 'held');
});

test('[SESS-17] a fleeting letter is forwarded to an online device, and never stored', () => {
  const { world, bob, from } = meeting();
  assert.equal(world.leave(from, bob, { fleeting: true }), 'RECIPIENT_AWAY');
  const session = world.enter(bob);
  assert.equal(world.leave(from, bob, { fleeting: true, body: 'offer' }), 'forwarded');
  assert.deepEqual(bodies(world.takeLetters(session)), ['offer']);
  assert.equal(world.store.waitingFor('bob').letters, 0);
});

test('[SESS-17] a full mailbox does not stop a fleeting letter', () => {
  const { world, bob, from } = meeting({ strangers: true });
  for (let count = 0; count < LIMITS.lettersWaitingFromStranger; count += 1) world.leave(from, bob);
  world.enter(bob);
  assert.equal(world.leave(from, bob), 'STRANGER_QUOTA');
  assert.equal(world.leave(from, bob, { fleeting: true }), 'forwarded');
});

test('[SESS-18] a session receives letters that were moved to its device, each once', () => {
  const { world, bob, from } = meeting();
  const other = makeSigningKey().publicKey;
  world.register(bob, bob.record({ version: 2, devices: [bob.device, other] }));
  world.leave(from, bob, { body: 'elsewhere', device: other });
  const session = world.enter(bob);
  world.leave(from, bob, { body: 'here' });
  assert.deepEqual(bodies(world.takeLetters(session)), ['here']);
  world.register(bob, bob.record({ version: 3 }));
  assert.deepEqual(bodies(world.takeLetters(session)), ['elsewhere']);
});

test('[SESS-18] a letter for an unknown user or device is rejected', () => {
  const { world, bob, from } = meeting();
  assert.equal(world.leave(from, new Person('nobody')), 'RECIPIENT_UNKNOWN');
  assert.equal(world.leave(from, bob, { device: makeSigningKey().publicKey }), 'RECIPIENT_UNKNOWN');
});

test('[SESS-18] for 30 days, letters for a retired device go to the first device', () => {
  const { world, bob, from } = meeting();
  world.leave(from, bob, { body: 'before' });
  const next = makeSigningKey();
  world.register(bob, bob.record({ version: 2, devices: [next.publicKey] }));
  assert.equal(world.leave(from, bob, { body: 'after' }), 'held');
  const { session, challenge } = world.open();
  const proof = bob.proof({ server: world.serverKey, challenge, boot: 1 }, next);
  world.put({ type: 'frame', session, frame: { type: 'session', proof } });
  assert.deepEqual(bodies(world.takeLetters(session)), ['before', 'after']);
  world.now += LIMITS.retiredDeviceMs - 1;
  assert.equal(world.leave(from, bob), 'forwarded');
  world.register(bob, bob.record({ version: 3, devices: [next.publicKey] }));
  world.now += 1;
  assert.equal(world.leave(from, bob), 'RECIPIENT_UNKNOWN');
});

test('[SESS-20] the next owner of a name receives no letter of the previous owner', () => {
  const { world, bob, from } = meeting();
  world.leave(from, bob);
  world.register(bob, bob.tombstone(2));
  assert.equal(world.leave(from, bob), 'RECIPIENT_UNKNOWN');
  world.now += LIMITS.nameReservedMs;
  const heir = new Person('bob');
  assert.equal(world.register(heir), 'new');
  assert.deepEqual(world.takeLetters(world.enter(heir)), []);
});

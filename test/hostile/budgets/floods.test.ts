// One network floods a name server: names, letters, bytes, sessions, watches, renewals and codes. Others go on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { CoreTestbed } from '../../nameserver/core-testbed.js';
import { Person } from '../../nameserver/person.js';
import { HostileNetwork } from '../peers/hostile-network.js';

const MIB = 1_024 * 1_024;
const HOUR = 3_600_000;
const ELSEWHERE = { network: '198.51.100.0/24' };

test('[LOAD-2] one network registers so many names at once, and a few in each hour after that', () => {
  const testbed = new CoreTestbed();
  const hostile = HostileNetwork.ofIpv4(testbed);
  assert.equal(hostile.registerNames(2_000).length, LIMITS.newNamesPerNetwork.burst);
  assert.equal(hostile.register(hostile.newPerson()), 'TOO_MANY');
  const alice = new Person('alice');
  assert.equal(testbed.register(alice, alice.record(), ELSEWHERE), 'new');
  testbed.now += HOUR;
  assert.ok(hostile.registerNames(2_000).length <= 60);
});

test('[LOAD-2] a name that is given up and registered again costs a new name each time', () => {
  const testbed = new CoreTestbed();
  const hostile = HostileNetwork.ofIpv4(testbed);
  const person = hostile.newPerson();
  const answers: string[] = [];
  for (let version = 1; version < 2_000; version += 2) {
    answers.push(hostile.register(person, { record: person.record({ version }) }));
    hostile.register(person, { record: person.tombstone(version + 1) });
  }
  assert.equal(answers.filter((answer) => answer === 'new').length, LIMITS.newNamesPerNetwork.burst);
});

test('[LOAD-2] the renewals of one name are limited, and it can still be given up', () => {
  const testbed = new CoreTestbed();
  const alice = new Person('alice');
  testbed.register(alice);
  const renewed = Array.from({ length: 100 }, (_, nth) =>
    testbed.register(alice, alice.record({ version: nth + 2 })),
  ).filter((answer) => answer === 'newer');
  assert.equal(renewed.length, LIMITS.renewalsPerName.burst);
  assert.equal(testbed.register(alice, alice.tombstone(500)), 'newer');
});

test('[LOAD-4] pairs of names of one network fill no more than the budget of bytes', () => {
  const testbed = new CoreTestbed();
  const hostile = HostileNetwork.ofIpv4(testbed);
  const people = hostile.registerNames(80);
  let held = 0;
  let last = '';
  for (let at = 0; at + 1 < people.length; at += 2) {
    const [one, other] = [people[at] ?? hostile.newPerson(), people[at + 1] ?? hostile.newPerson()];
    hostile.befriend(one, other);
    const { bytes, refusal } = hostile.fillMailbox(one, other);
    held += bytes;
    last = refusal;
  }
  assert.equal(last, 'LETTERS_TOO_FAST');
  assert.ok(held <= 128 * MIB, `${held} bytes are held`);
});

test('[LOAD-4] a letter that the recipient takes at once costs no bytes', () => {
  const testbed = new CoreTestbed();
  const hostile = HostileNetwork.ofIpv4(testbed);
  const [one, other] = hostile.registerNames(2);
  assert.ok(one && other);
  hostile.befriend(one, other);
  const [from, to] = [hostile.connect(one), hostile.connect(other)];
  const bytes = LIMITS.heldBytesPerName.burst * 2;
  const body = 'A'.repeat(200_000);
  for (let sent = 0; sent < bytes; sent += body.length) {
    assert.equal(testbed.sendLetter(from, other, { body }), 'forwarded');
    for (const { id } of testbed.takeLetters(to)) testbed.send(to, { type: 'done', id });
    testbed.now += 1_000;
  }
});

test('[LOAD-3] the letters of one network are limited, and another network goes on', () => {
  const testbed = new CoreTestbed();
  const hostile = HostileNetwork.ofIpv4(testbed);
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  for (const person of [alice, bob]) testbed.register(person);
  let accepted = 0;
  for (const person of hostile.registerNames(200)) {
    const session = hostile.connect(person);
    // A rejected letter costs too: the server has looked it up.
    while (testbed.sendLetter(session, alice, { fleeting: true }) !== 'LETTERS_TOO_FAST') accepted += 1;
    testbed.put({ type: 'closed', session });
  }
  assert.equal(accepted, LIMITS.signalsPerNetwork.burst);
  assert.equal(testbed.sendLetter(testbed.connect(bob, '198.51.100.1'), alice), 'held');
});

test('[LOAD-6] a session that watches names without end is closed', () => {
  const testbed = new CoreTestbed();
  const hostile = HostileNetwork.ofIpv4(testbed);
  const [person] = hostile.registerNames(1);
  assert.ok(person);
  const session = hostile.connect(person);
  const names = Array.from({ length: LIMITS.watchedNamesMax }, (_, nth) => `name${nth}`);
  const answers = Array.from({ length: 100 }, () => testbed.send(session, { type: 'watch', names })).flat();
  const refused = answers.find((frame) => frame.type === 'refused');
  assert.deepEqual(refused, { type: 'refused', code: 'TOO_MANY', about: '12 s' });
  assert.ok(answers.length <= LIMITS.watchesPerName.burst + 3);
});

test('[LOAD-8] after ten wrong codes a network gets no answer about a code for a while', () => {
  const testbed = new CoreTestbed({ inviteCode: 'sesame' });
  const hostile = HostileNetwork.ofIpv4(testbed);
  const guesses = Array.from({ length: 600 }, (_, nth) => {
    return hostile.register(hostile.newPerson(), { invite: `guess ${nth}` });
  });
  assert.equal(guesses.filter((answer) => answer === 'INVITE_NEEDED').length, 10);
  assert.equal(hostile.register(hostile.newPerson(), { invite: 'sesame' }), 'TOO_MANY');
  const alice = new Person('alice');
  assert.equal(testbed.register(alice, alice.record(), { invite: 'sesame', ...ELSEWHERE }), 'new');
  testbed.now += 60_000;
  assert.equal(hostile.register(hostile.newPerson(), { invite: 'sesame' }), 'new');
});

test('[LOAD-8] many networks together guess at most so many codes in a minute', () => {
  const testbed = new CoreTestbed({ inviteCode: 'sesame' });
  let compared = 0;
  for (let third = 0; third < 200; third += 1) {
    const hostile = HostileNetwork.ofIpv4(testbed, third);
    while (hostile.register(hostile.newPerson(), { invite: 'guess' }) === 'INVITE_NEEDED') compared += 1;
  }
  assert.ok(compared <= LIMITS.inviteGuessesInAll.burst);
});

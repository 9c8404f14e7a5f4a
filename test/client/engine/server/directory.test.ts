// Commands about who there is: each is answered once, by what the name server says and what its records prove.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintWords } from '../../../../protocols/directory/fingerprint.js';
import { Refusal } from '../../../../protocols/kit/refusals.js';
import type { Command } from '../../../../protocols/control/command.js';
import type { Effect, QuestionAnswer } from '../../../../client/engine/core/io.js';
import { fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import type { Client } from '../harness/test-client.js';
import { FakePeer } from '../harness/fake-peer.js';
import { Testbed } from '../harness/testbed.js';

/** Gives a command whose questions are answered one after another as said; gives its answer, and what was asked. */
function ask(client: Client, command: Command, ...answers: QuestionAnswer[]) {
  const asked: Extract<Effect, { type: 'ask' }>[] = [];
  let effects = client.give({ type: 'command', ref: 700, command });
  for (const answer of answers) {
    const ask = effects.find((effect) => effect.type === 'ask');
    assert.ok(ask, 'it asks');
    asked.push(ask);
    effects = client.give({ type: 'answered', ref: ask.ref, answer });
  }
  assert.equal(
    effects.some((effect) => effect.type === 'ask'),
    false,
    'it asks no more',
  );
  return { answer: client.answer(700), asked };
}

function alone(): { testbed: Testbed; alice: Client; bob: FakePeer } {
  const testbed = new Testbed();
  const alice = testbed.client('alice');
  testbed.passes = (_, effect) => effect.type !== 'ask';
  return { testbed, alice, bob: new FakePeer('bob', testbed) };
}

const listed = (record: FakePeer, name = record.name) => ({ name, online: true, lastSeen: 5, record: record.record() });

test('lookup tells what the record proves, for anybody, offline too', () => {
  const { alice, bob } = alone();
  const { answer } = ask(alice, { type: 'lookup', user: 'bob' }, { type: 'users', users: [listed(bob)] });
  const key = bob.identity.publicKey;
  const fingerprint = fingerprintWords(key, fakePrimitives);
  const data = { user: 'bob', online: true, lastSeen: '1970-01-01T00:00:00.005Z', key, fingerprint };
  assert.deepEqual(answer, { ok: true, data });
});

test('lookup of an unregistered name, of a record for another name and of a forged record is USER_UNKNOWN', () => {
  const { bob, testbed } = alone();
  const forged = { ...bob.record(), signature: new FakePeer('bob', testbed, 'else').record().signature };
  const lies = [
    [],
    [listed(bob, 'carol')],
    [{ ...listed(bob), record: forged }],
    [listed(new FakePeer('carol', testbed), 'bob')],
  ];
  for (const users of lies) {
    const { alice: fresh } = alone();
    const { answer } = ask(fresh, { type: 'lookup', user: 'bob' }, { type: 'users', users });
    assert.ok(answer && !answer.ok && answer.refusal.code === 'USER_UNKNOWN');
  }
});

const AWAY: QuestionAnswer = { type: 'away', reason: 'no route' };
const COMMANDS: Command[] = [{ type: 'lookup', user: 'bob' }, { type: 'who' }];

for (const command of COMMANDS) {
  test(`${command.type}: a name server that is away, refuses or answers something else is said so, once`, () => {
    const wrong: QuestionAnswer = { type: 'registered', isNew: true };
    const refused: QuestionAnswer = { type: 'refused', refusal: new Refusal('TOO_MANY', 'a minute') };
    for (const [answered, code] of [
      [AWAY, 'SERVER_AWAY'],
      [wrong, 'SERVER_AWAY'],
      [refused, 'TOO_MANY'],
    ] as const) {
      const { answer } = ask(alone().alice, command, answered);
      assert.ok(answer && !answer.ok);
      assert.equal(answer.refusal.code, code);
    }
  });
}

test('who turns the pages, up to the last', () => {
  const { alice } = alone();
  const pages: QuestionAnswer[] = [
    { type: 'online', names: ['a1', 'b1'], next: 'b1' },
    { type: 'online', names: ['c1'], next: null },
  ];
  const { answer, asked } = ask(alice, { type: 'who' }, ...pages);
  assert.deepEqual(answer, { ok: true, data: { users: ['a1', 'b1', 'c1'] } });
  assert.deepEqual(
    asked.map(({ question }) => question),
    [
      { type: 'online', after: null },
      { type: 'online', after: 'b1' },
    ],
  );
});

test('who ends where a name server turns empty pages for ever', () => {
  const { alice } = alone();
  assert.ok(ask(alice, { type: 'who' }, { type: 'online', names: [], next: 'more' }).answer?.ok);
});

test('update asks for all friends at once, and for no one where there are none', () => {
  const { alice } = alone();
  assert.deepEqual(ask(alice, { type: 'update' }).answer, { ok: true, data: { updated: 0 } });
  const testbed = new Testbed();
  const [friendly] = testbed.friends();
  const [ref] = friendly.command({ type: 'update' });
  testbed.settle();
  assert.deepEqual(friendly.answer(ref), { ok: true, data: { updated: 1 } });
});

test('whoami tells name, key, words and device, online or not', () => {
  const { alice } = alone();
  const me = alice.do({ type: 'whoami' });
  assert.deepEqual(
    [me.user, me.key, me.device, me.online],
    ['alice', alice.me.identity.publicKey, alice.device, false],
  );
  assert.equal(me.fingerprint.split(' ').length, 6);
});

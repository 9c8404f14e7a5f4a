// A name server that is away, refuses, falls silent or talks nonsense: left, told of once, tried again with patience.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { Refusal, type RefusalCode } from '../../../../protocols/kit/refusals.js';
import type { Client } from '../harness/test-client.js';
import { ScriptedServer, SERVER } from '../harness/scripted-server.js';
import { Testbed } from '../harness/testbed.js';

const GO = { type: 'online', acceptServer: false } as const;

test('a name server that does not answer: refused after 5 s, and tried on in the background', () => {
  const scripted = new ScriptedServer();
  const [ref] = scripted.alice.command(GO);
  scripted.answer({ type: 'away', reason: 'no route' });
  assert.equal(scripted.code(ref), 'no answer');
  scripted.pass(LIMITS.serverAnswerMs);
  assert.equal(scripted.code(ref), 'SERVER_AWAY');
  assert.deepEqual(scripted.connection(), ['retrying']);
  assert.ok(scripted.count('ask') > 1);
  scripted.answer({ type: 'registered', isNew: true });
  scripted.open();
  scripted.challenge(SERVER);
  scripted.welcome();
  assert.deepEqual(scripted.connection(), ['retrying', 'online']);
});

test('trouble is told once, however long it lasts, and tried ever more rarely', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  testbed.server.isUp = false;
  testbed.server.drop(alice, 'down');
  let tries = 0;
  testbed.passes = (_, effect) => {
    if (effect.type === 'session_open') tries += 1;
    return true;
  };
  testbed.pass(3_600_000);
  assert.deepEqual(
    alice.told('connection').map(({ state }) => state),
    ['online', 'retrying'],
  );
  assert.ok(tries > 55 && tries < 150, `${tries} tries in an hour`);
  testbed.server.isUp = true;
  testbed.pass(61_000);
  assert.ok(alice.do({ type: 'whoami' }).online);
});

test('a name server that welcomes and closes at once is not hurried after', () => {
  const scripted = new ScriptedServer();
  scripted.goOnline();
  for (let k = 0; k < 12; k += 1) {
    scripted.alice.give({ type: 'session_closed', session: scripted.last('session_open').session, reason: 'bye' });
    const before = scripted.count('session_open');
    while (scripted.count('session_open') === before) scripted.pass(100);
    scripted.open();
    scripted.challenge(SERVER);
    scripted.welcome();
  }
  assert.ok(scripted.now - 1_700_000_000_000 > 120_000);
});

const FINAL: RefusalCode[] = ['REPLACED', 'SESSION_REFUSED'];

for (const code of FINAL) {
  test(`${code} ends it: nothing is tried again by itself, and the user is told`, () => {
    const scripted = new ScriptedServer();
    scripted.goOnline();
    scripted.say({ type: 'refused', code, about: 'alice' });
    assert.deepEqual(
      scripted.alice.told('warning').map((event) => event.code),
      [code],
    );
    assert.deepEqual(scripted.connection(), ['online', 'offline']);
    assert.equal(scripted.alice.wakeAt(), null);
    scripted.goOnline();
    assert.equal(scripted.connection().at(-1), 'online');
  });
}

for (const code of ['NAME_TAKEN', 'NAME_INVALID', 'INVITE_NEEDED'] as const) {
  test(`${code} at registration answers the command, and that is all`, () => {
    const scripted = new ScriptedServer();
    const [ref] = scripted.alice.command(GO);
    scripted.answer({ type: 'refused', refusal: new Refusal(code, 'alice') });
    assert.equal(scripted.code(ref), code);
    assert.deepEqual(scripted.alice.told('warning'), []);
    assert.equal(scripted.alice.wakeAt(), null);
  });
}

const NONSENSE = [
  undefined,
  null,
  7,
  {},
  { type: 'welcome' },
  { type: 'dance' },
  { type: 'presence', name: 'bob' },
  { type: 'challenge', challenge: 'x', server: 'y' },
];

for (const frame of NONSENSE) {
  test(`a server that says ${JSON.stringify(frame)} is left, and tried again later`, () => {
    for (const isOnline of [true, false]) {
      const scripted = new ScriptedServer();
      if (isOnline) scripted.goOnline();
      else scripted.connect();
      const { session } = scripted.last('session_open');
      scripted.say(frame);
      assert.equal(scripted.last('session_close').session, session);
      assert.equal(scripted.connection().at(-1), 'retrying');
      scripted.pass(1_000);
      assert.equal(scripted.count('session_open'), 2);
    }
  });
}

test('a server that is silent in the greeting, or later, is left', () => {
  const scripted = new ScriptedServer();
  scripted.connect();
  scripted.pass(LIMITS.sessionHandshakeMs);
  assert.equal(scripted.connection().at(-1), 'retrying');
  const other = new ScriptedServer();
  other.goOnline();
  other.pass(LIMITS.sessionLeaseMs - 1);
  assert.equal(other.connection().at(-1), 'online');
  other.pass(1);
  assert.equal(other.connection().at(-1), 'retrying');
});

test('an unknown refusal is handled like any other', () => {
  const scripted = new ScriptedServer();
  const ref = scripted.connect();
  scripted.say({ type: 'refused', code: 'MOON_PHASE', about: 'x' });
  assert.equal(scripted.code(ref), 'SERVER_FAULT');
  assert.equal(scripted.connection().at(-1), 'retrying');
});

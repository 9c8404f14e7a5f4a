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
  const scene = new ScriptedServer();
  const [ref] = scene.alice.command(GO);
  scene.answer({ type: 'away', reason: 'no route' });
  assert.equal(scene.code(ref), 'no answer');
  scene.pass(LIMITS.serverAnswerMs);
  assert.equal(scene.code(ref), 'SERVER_AWAY');
  assert.deepEqual(scene.connection(), ['retrying']);
  assert.ok(scene.count('ask') > 1);
  scene.answer({ type: 'registered', isNew: true });
  scene.challenge(SERVER);
  scene.welcome();
  assert.deepEqual(scene.connection(), ['retrying', 'online']);
});

test('trouble is told once, however long it lasts, and tried ever more rarely', () => {
  const town = new Testbed();
  const [alice] = town.online('alice') as [Client];
  town.server.isUp = false;
  town.server.drop(alice, 'down');
  let asked = 0;
  town.passes = (_, effect) => {
    if (effect.type === 'ask') asked += 1;
    return true;
  };
  town.pass(3_600_000);
  assert.deepEqual(
    alice.told('connection').map(({ state }) => state),
    ['online', 'retrying'],
  );
  assert.ok(asked > 55 && asked < 150, `${asked} tries in an hour`);
  town.server.isUp = true;
  town.pass(61_000);
  assert.ok(alice.do({ type: 'whoami' }).online);
});

test('a name server that welcomes and closes at once is not hurried after', () => {
  const scene = new ScriptedServer();
  scene.goOnline();
  for (let k = 0; k < 12; k += 1) {
    scene.alice.give({ type: 'session_closed', session: scene.last('session_open').session, reason: 'bye' });
    const before = scene.count('ask');
    while (scene.count('ask') === before) scene.pass(100);
    scene.answer({ type: 'registered', isNew: false });
    scene.challenge(SERVER);
    scene.welcome();
  }
  assert.ok(scene.now - 1_700_000_000_000 > 120_000);
});

const FINAL: RefusalCode[] = ['REPLACED', 'SESSION_REFUSED'];

for (const code of FINAL) {
  test(`${code} ends it: nothing is tried again by itself, and the user is told`, () => {
    const scene = new ScriptedServer();
    scene.goOnline();
    scene.say({ type: 'refused', code, about: 'alice' });
    assert.deepEqual(
      scene.alice.told('warning').map((event) => event.code),
      [code],
    );
    assert.deepEqual(scene.connection(), ['online', 'offline']);
    assert.equal(scene.alice.wakeAt(), null);
    scene.goOnline();
    assert.equal(scene.connection().at(-1), 'online');
  });
}

for (const code of ['NAME_TAKEN', 'NAME_INVALID', 'INVITE_NEEDED'] as const) {
  test(`${code} at registration answers the command, and that is all`, () => {
    const scene = new ScriptedServer();
    const [ref] = scene.alice.command(GO);
    scene.answer({ type: 'refused', refusal: new Refusal(code, 'alice') });
    assert.equal(scene.code(ref), code);
    assert.deepEqual(scene.alice.told('warning'), []);
    assert.equal(scene.alice.wakeAt(), null);
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
      const scene = new ScriptedServer();
      if (isOnline) scene.goOnline();
      else scene.connect();
      const { session } = scene.last('session_open');
      scene.say(frame);
      assert.equal(scene.last('session_close').session, session);
      assert.equal(scene.connection().at(-1), 'retrying');
      scene.pass(1_000);
      assert.equal(scene.last('ask').question.type, 'register');
    }
  });
}

test('a server that is silent in the greeting, or later, is left', () => {
  const scene = new ScriptedServer();
  scene.connect();
  scene.pass(LIMITS.sessionHandshakeMs);
  assert.equal(scene.connection().at(-1), 'retrying');
  const other = new ScriptedServer();
  other.goOnline();
  other.pass(LIMITS.sessionLeaseMs - 1);
  assert.equal(other.connection().at(-1), 'online');
  other.pass(1);
  assert.equal(other.connection().at(-1), 'retrying');
});

test('a refusal nobody knows is trouble like any other', () => {
  const scene = new ScriptedServer();
  const ref = scene.connect();
  scene.say({ type: 'refused', code: 'MOON_PHASE', about: 'x' });
  assert.equal(scene.code(ref), 'SERVER_FAULT');
  assert.equal(scene.connection().at(-1), 'retrying');
});

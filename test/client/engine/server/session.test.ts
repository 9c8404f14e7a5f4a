// Being online: registered, proven, answered; at the server whose key is pinned, and in the newest session only.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecord } from '../../../../protocols/directory/record-verification.js';
import { Refusal } from '../../../../protocols/kit/refusals.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { Client } from '../harness/test-client.js';
import { ScriptedServer, SERVER } from '../harness/scripted-server.js';
import { Testbed } from '../harness/testbed.js';

const GO = { type: 'online', acceptServer: false } as const;

test('online: registers, proves the device, and is answered when welcomed', () => {
  const scene = new ScriptedServer();
  const ref = scene.connect();
  scene.challenge(SERVER);
  assert.equal(scene.code(ref), 'no answer');
  const { frame } = scene.last('session_send');
  assert.equal(frame.type, 'session');
  scene.welcome();
  assert.equal(scene.code(ref), 'success');
  assert.deepEqual(scene.connection(), ['online']);
});

test('online twice is answered twice, and done once', () => {
  const scene = new ScriptedServer();
  const [first, second] = scene.alice.command(GO, GO);
  assert.equal(scene.count('ask'), 1);
  scene.answer({ type: 'registered', isNew: true });
  scene.challenge(SERVER);
  scene.welcome();
  assert.deepEqual([scene.code(first), scene.code(second)], ['success', 'success']);
  assert.equal(scene.alice.refusal(GO), 'success');
  assert.equal(scene.count('session_open'), 1);
});

test('[SESS-4] the start counter rises with every proof, over restarts too', () => {
  const town = new Testbed();
  const boots: number[] = [];
  const alice = town.client('alice');
  town.passes = (_, effect) => {
    if (effect.type === 'session_send' && effect.frame.type === 'session') {
      boots.push((JSON.parse(effect.frame.proof.payload) as { boot: number }).boot);
    }
    return true;
  };
  alice.command(GO);
  town.settle();
  town.server.drop(alice, 'broken');
  town.pass(2_000);
  town.restart(alice);
  alice.command(GO);
  town.settle();
  assert.deepEqual(boots, [1, 2, 3]);
});

test('a welcome to no proof is no welcome: the pinned key of the server would mean nothing', () => {
  const scene = new ScriptedServer();
  scene.goOnline();
  scene.alice.do({ type: 'offline' });
  const ref = scene.connect();
  scene.welcome();
  assert.equal(scene.code(ref), 'no answer');
  assert.ok(!scene.alice.do({ type: 'whoami' }).online);
});

test('a server under another key than before is refused until the user accepts it, for one time', () => {
  const scene = new ScriptedServer();
  scene.goOnline();
  scene.alice.do({ type: 'offline' });
  const other = fakeKey('another server').publicKey;
  const refused = scene.connect();
  scene.challenge(other);
  assert.equal(scene.code(refused), 'SERVER_CHANGED');
  assert.deepEqual(
    scene.alice.told('warning').map(({ code }) => code),
    ['SERVER_CHANGED'],
  );
  assert.equal(scene.alice.wakeAt(), null);
  const asks = scene.count('ask');
  assert.equal(scene.alice.refusal({ type: 'lookup', user: 'bob' }), 'SERVER_CHANGED');
  assert.equal(scene.count('ask'), asks);
  const accepted = scene.connect(true);
  scene.challenge(other);
  scene.welcome();
  assert.equal(scene.code(accepted), 'success');
  scene.alice.do({ type: 'offline' });
  const back = scene.connect();
  scene.challenge(SERVER);
  assert.equal(scene.code(back), 'SERVER_CHANGED');
});

test('an acceptance that was never used does not outlive `offline`', () => {
  const scene = new ScriptedServer();
  scene.goOnline();
  scene.alice.do({ type: 'offline' });
  scene.alice.command({ type: 'online', acceptServer: true });
  scene.alice.do({ type: 'offline' });
  const ref = scene.connect();
  scene.challenge(fakeKey('another server').publicKey);
  assert.equal(scene.code(ref), 'SERVER_CHANGED');
});

test('a newer record of ours at the name server is followed', () => {
  const scene = new ScriptedServer();
  const [ref] = scene.alice.command(GO);
  const { question } = scene.last('ask');
  assert.ok(question.type === 'register');
  scene.answer({ type: 'refused', refusal: new Refusal('RECORD_STALE', 'alice') });
  const other = new Client('alice', scene);
  const newer = { name: 'alice', online: false, lastSeen: null, record: question.record };
  assert.ok(other);
  scene.answer({ type: 'users', users: [newer] });
  const again = scene.last('ask').question;
  assert.ok(again.type === 'register');
  assert.equal(readRecord(again.record, fakePrimitives)?.version, 2);
  assert.equal(scene.code(ref), 'no answer');
});

test('a record under our name by another key is not followed', () => {
  const scene = new ScriptedServer();
  const [ref] = scene.alice.command(GO);
  scene.answer({ type: 'refused', refusal: new Refusal('RECORD_STALE', 'alice') });
  const record = { payload: '{}', signature: 'A'.repeat(86) };
  scene.answer({ type: 'users', users: [{ name: 'alice', online: false, lastSeen: null, record }] });
  assert.equal(scene.code(ref), 'RECORD_STALE');
});

test('[DIR-7] our tombstone, which the name server does not show, is followed by a record higher than it', () => {
  const scene = new ScriptedServer();
  scene.alice.command(GO);
  const first = recordAsked(scene);
  scene.answer({ type: 'refused', refusal: new Refusal('RECORD_STALE', 'alice') });
  scene.answer({ type: 'users', users: [] });
  const second = recordAsked(scene);
  assert.ok(second.version > first.version + 1_000);
  assert.equal(second.devices.length, 1);
});

/** The record the client asks to register, as the name server reads it. */
function recordAsked(scene: ScriptedServer) {
  const { question } = scene.last('ask');
  const record = question.type === 'register' ? readRecord(question.record, fakePrimitives) : null;
  assert.ok(record);
  return record;
}

test('a ping is answered, and what belongs to an older session is not listened to', () => {
  const scene = new ScriptedServer();
  scene.goOnline();
  const { session } = scene.last('session_open');
  scene.say({ type: 'ping' });
  assert.deepEqual(scene.last('session_send').frame, { type: 'pong' });
  scene.alice.do({ type: 'offline' });
  scene.goOnline();
  scene.alice.give({ type: 'session_frame', session, frame: { type: 'refused', code: 'REPLACED', about: '' } });
  scene.alice.give({ type: 'session_closed', session, reason: 'late' });
  assert.ok(scene.alice.do({ type: 'whoami' }).online);
});

test('offline while going online: the waiting command is answered, and the answer that comes late does nothing', () => {
  const scene = new ScriptedServer();
  const [ref] = scene.alice.command(GO);
  scene.alice.do({ type: 'offline' });
  assert.equal(scene.code(ref), 'NOT_ONLINE');
  scene.answer({ type: 'registered', isNew: true });
  assert.equal(scene.count('session_open'), 0);
  assert.equal(scene.alice.wakeAt(), null);
});

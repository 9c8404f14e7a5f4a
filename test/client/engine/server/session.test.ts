// Being online: registered, proven, answered; at the server whose key is pinned, and in the newest session only.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecord } from '../../../../protocols/directory/record-verification.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { Refusal } from '../../../../protocols/kit/refusals.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { Client } from '../harness/test-client.js';
import { ScriptedServer, SERVER } from '../harness/scripted-server.js';
import { Testbed } from '../harness/testbed.js';

const GO = { type: 'online', acceptServer: false } as const;

test('online: registers, proves the device, and is answered when welcomed', () => {
  const scripted = new ScriptedServer();
  const ref = scripted.connect();
  scripted.challenge(SERVER);
  assert.equal(scripted.code(ref), 'no answer');
  const { frame } = scripted.last('session_send');
  assert.equal(frame.type, 'session');
  scripted.welcome();
  assert.equal(scripted.code(ref), 'success');
  assert.deepEqual(scripted.connection(), ['online']);
});

test('[SESS-34] a clock that is an hour behind that of the server is told once, until it is right again', () => {
  const scripted = new ScriptedServer();
  const { alice } = scripted;
  for (const aheadMs of [-3_600_000, -3_600_000, 0, 90_000, 3 * 86_400_000]) {
    alice.clockAheadMs = aheadMs;
    scripted.connect();
    scripted.challenge(SERVER);
    scripted.welcome();
    alice.do({ type: 'offline' });
  }
  const said = alice.told('warning').map(({ code, message }) => `${code}: ${/differ by [^.]*/.exec(message)?.[0]}`);
  assert.deepEqual(said, ['CLOCK_WRONG: differ by 60 minutes', 'CLOCK_WRONG: differ by 3 days']);
});

test('[SESS-1] the hello goes with the request, with a fresh nonce, and no frame goes before the challenge', () => {
  const scripted = new ScriptedServer();
  scripted.connect();
  const first = scripted.last('session_open').hello;
  assert.equal(first.origin, 'http://names.example');
  assert.equal(scripted.count('session_send'), 0);
  scripted.alice.do({ type: 'offline' });
  scripted.connect();
  assert.notEqual(scripted.last('session_open').hello.nonce, first.nonce);
});

test('[SESS-33] a further session of this program needs no registration', () => {
  const scripted = new ScriptedServer();
  scripted.goOnline();
  scripted.alice.do({ type: 'offline' });
  const asks = scripted.count('ask');
  const ref = scripted.connect();
  scripted.challenge(SERVER);
  scripted.welcome();
  assert.deepEqual([scripted.code(ref), scripted.count('ask')], ['success', asks]);
});

const OTHER_RECORD = 'R'.repeat(21) + 'A';

/** What a server says that does not have our record any more. */
const LOSSES: Readonly<Record<string, (scripted: ScriptedServer) => void>> = {
  'names another record': (scripted) => scripted.welcome({ record: OTHER_RECORD }),
  'does not know the user': (scripted) => scripted.say({ type: 'refused', code: 'USER_UNKNOWN', about: 'alice' }),
  'does not list the device': (scripted) => scripted.say({ type: 'refused', code: 'SESSION_REFUSED', about: 'alice' }),
};

for (const [what, say] of Object.entries(LOSSES)) {
  test(`[SESS-33] with a server that ${what} the client registers again before it is online, and once`, () => {
    const scripted = new ScriptedServer();
    scripted.goOnline();
    scripted.alice.do({ type: 'offline' });
    const asks = scripted.count('ask');
    const ref = scripted.connect();
    scripted.challenge(SERVER);
    say(scripted);
    assert.deepEqual([scripted.code(ref), scripted.count('ask')], ['no answer', asks + 1]);
    assert.equal(scripted.last('ask').question.type, 'register');
    scripted.answer({ type: 'registered', isNew: false });
    scripted.open();
    scripted.challenge(SERVER);
    scripted.welcome({ record: OTHER_RECORD });
    assert.deepEqual([scripted.code(ref), scripted.count('ask')], ['success', asks + 1]);
  });
}

test('[SESS-25] the client offers its letter key unless the welcome says that the server has it', () => {
  for (const letterKey of [0, 1]) {
    const scripted = new ScriptedServer();
    scripted.connect();
    scripted.challenge(SERVER);
    scripted.welcome({ letterKey, oneTimeKeys: LIMITS.oneTimeKeysMax });
    assert.equal(scripted.last('session_send').frame.type, letterKey === 0 ? 'offer_key' : 'session');
  }
});

test('a frame on a connection that does not stand is not listened to, and the session is tried again', () => {
  const scripted = new ScriptedServer();
  scripted.alice.command(GO);
  scripted.answer({ type: 'registered', isNew: true });
  scripted.challenge(SERVER);
  assert.equal(scripted.count('session_send'), 0);
  assert.equal(scripted.connection().at(-1), 'retrying');
});

test('online twice is answered twice, and done once', () => {
  const scripted = new ScriptedServer();
  const [first, second] = scripted.alice.command(GO, GO);
  assert.equal(scripted.count('ask'), 1);
  scripted.answer({ type: 'registered', isNew: true });
  scripted.open();
  scripted.challenge(SERVER);
  scripted.welcome();
  assert.deepEqual([scripted.code(first), scripted.code(second)], ['success', 'success']);
  assert.equal(scripted.alice.refusal(GO), 'success');
  assert.equal(scripted.count('session_open'), 1);
});

test('[SESS-4] the start counter rises with every proof, over restarts too', () => {
  const testbed = new Testbed();
  const boots: number[] = [];
  const alice = testbed.client('alice');
  testbed.passes = (_, effect) => {
    if (effect.type === 'session_send' && effect.frame.type === 'session') {
      boots.push((JSON.parse(effect.frame.proof.payload) as { boot: number }).boot);
    }
    return true;
  };
  alice.command(GO);
  testbed.settle();
  testbed.server.drop(alice, 'broken');
  testbed.pass(2_000);
  testbed.restart(alice);
  alice.command(GO);
  testbed.settle();
  assert.deepEqual(boots, [1, 2, 3]);
});

test('a welcome to no proof is no welcome: the pinned key of the server would mean nothing', () => {
  const scripted = new ScriptedServer();
  scripted.goOnline();
  scripted.alice.do({ type: 'offline' });
  const ref = scripted.connect();
  scripted.welcome();
  assert.equal(scripted.code(ref), 'no answer');
  assert.ok(!scripted.alice.do({ type: 'whoami' }).online);
});

test('a server under another key than before is refused until the user accepts it, for one time', () => {
  const scripted = new ScriptedServer();
  scripted.goOnline();
  scripted.alice.do({ type: 'offline' });
  const other = fakeKey('another server');
  const refused = scripted.connect();
  scripted.challenge(other);
  assert.equal(scripted.code(refused), 'SERVER_CHANGED');
  assert.deepEqual(
    scripted.alice.told('warning').map(({ code }) => code),
    ['SERVER_CHANGED'],
  );
  assert.equal(scripted.alice.wakeAt(), null);
  const asks = scripted.count('ask');
  assert.equal(scripted.alice.refusal({ type: 'lookup', user: 'bob' }), 'SERVER_CHANGED');
  assert.equal(scripted.count('ask'), asks);
  const accepted = scripted.connect(true);
  scripted.challenge(other);
  scripted.welcome();
  assert.equal(scripted.code(accepted), 'success');
  scripted.alice.do({ type: 'offline' });
  const back = scripted.connect();
  scripted.challenge(SERVER);
  assert.equal(scripted.code(back), 'SERVER_CHANGED');
});

test('[SESS-22] a server that states the pinned key without holding it gets no proof, and is tried again', () => {
  const scripted = new ScriptedServer();
  scripted.goOnline();
  scripted.alice.do({ type: 'offline' });
  for (const lie of [{ signer: fakeKey('attacker') }, { origin: 'http://evil.test' }, { nonce: SERVER.publicKey }]) {
    const ref = scripted.connect();
    const proofs = scripted.count('session_send');
    scripted.challenge(SERVER, lie);
    assert.equal(scripted.code(ref), 'SERVER_UNPROVEN');
    assert.equal(scripted.count('session_send'), proofs);
    assert.notEqual(scripted.alice.wakeAt(), null);
    scripted.alice.do({ type: 'offline' });
  }
});

test('an acceptance that was never used does not outlive `offline`', () => {
  const scripted = new ScriptedServer();
  scripted.goOnline();
  scripted.alice.do({ type: 'offline' });
  scripted.alice.command({ type: 'online', acceptServer: true });
  scripted.alice.do({ type: 'offline' });
  const ref = scripted.connect();
  scripted.challenge(fakeKey('another server'));
  assert.equal(scripted.code(ref), 'SERVER_CHANGED');
});

test('a newer record of ours at the name server is followed', () => {
  const scripted = new ScriptedServer();
  const [ref] = scripted.alice.command(GO);
  const { question } = scripted.last('ask');
  assert.ok(question.type === 'register');
  scripted.answer({ type: 'refused', refusal: new Refusal('RECORD_STALE', 'alice') });
  const other = new Client('alice', scripted);
  const newer = { name: 'alice', online: false, lastSeen: null, record: question.record };
  assert.ok(other);
  scripted.answer({ type: 'users', users: [newer] });
  const again = scripted.last('ask').question;
  assert.ok(again.type === 'register');
  assert.equal(readRecord(again.record, fakePrimitives)?.version, 2);
  assert.equal(scripted.code(ref), 'no answer');
});

test('a record under our name by another key is not followed', () => {
  const scripted = new ScriptedServer();
  const [ref] = scripted.alice.command(GO);
  scripted.answer({ type: 'refused', refusal: new Refusal('RECORD_STALE', 'alice') });
  const record = { payload: '{}', signature: 'A'.repeat(86) };
  scripted.answer({ type: 'users', users: [{ name: 'alice', online: false, lastSeen: null, record }] });
  assert.equal(scripted.code(ref), 'RECORD_STALE');
});

test('[DIR-7] our tombstone, which the name server does not show, is followed by a record higher than it', () => {
  const scripted = new ScriptedServer();
  scripted.alice.command(GO);
  const first = recordAsked(scripted);
  scripted.answer({ type: 'refused', refusal: new Refusal('RECORD_STALE', 'alice') });
  scripted.answer({ type: 'users', users: [] });
  const second = recordAsked(scripted);
  assert.ok(second.version > first.version + 1_000);
  assert.equal(second.devices.length, 1);
});

/** The record the client asks to register, as the name server reads it. */
function recordAsked(scripted: ScriptedServer) {
  const { question } = scripted.last('ask');
  const record = question.type === 'register' ? readRecord(question.record, fakePrimitives) : null;
  assert.ok(record);
  return record;
}

test('a ping is answered, and what belongs to an older session is not listened to', () => {
  const scripted = new ScriptedServer();
  scripted.goOnline();
  const { session } = scripted.last('session_open');
  scripted.say({ type: 'ping' });
  assert.deepEqual(scripted.last('session_send').frame, { type: 'pong' });
  scripted.alice.do({ type: 'offline' });
  scripted.goOnline();
  scripted.alice.give({ type: 'session_frame', session, frame: { type: 'refused', code: 'REPLACED', about: '' } });
  scripted.alice.give({ type: 'session_closed', session, reason: 'late' });
  assert.ok(scripted.alice.do({ type: 'whoami' }).online);
});

test('offline while going online: the waiting command is answered, and the answer that comes late does nothing', () => {
  const scripted = new ScriptedServer();
  const [ref] = scripted.alice.command(GO);
  scripted.alice.do({ type: 'offline' });
  assert.equal(scripted.code(ref), 'NOT_ONLINE');
  scripted.answer({ type: 'registered', isNew: true });
  assert.equal(scripted.count('session_open'), 0);
  assert.equal(scripted.alice.wakeAt(), null);
});

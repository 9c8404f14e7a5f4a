// An old copy of our data never goes on under its old numbers: a new device takes over.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakePeer } from '../harness/fake-peer.js';
import { readRecord } from '../../../../protocols/directory/record-verification.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import type { Client } from '../harness/test-client.js';
import { ScriptedServer } from '../harness/scripted-server.js';
import { Testbed } from '../harness/testbed.js';
import { history, linked, reconnect, renewals, say } from '../harness/old-copy.js';

test('[SESS-24] RESTORED with a later proof asks for a new device, and commands that wait go with it', () => {
  const scripted = new ScriptedServer();
  const ref = scripted.connect();
  scripted.challenge();
  scripted.restored(1);
  assert.deepEqual(scripted.last('renew_device'), { type: 'renew_device', online: true, links: [] });
  assert.equal(scripted.code(ref), 'no answer');
  assert.equal(scripted.count('renew_device'), 1);
});

test('[SESS-24] RESTORED without a later proof of our device changes nothing, and the client tries again', () => {
  for (const [boot, signer] of [[0], [-1], [1, 'mallory'], [null]] as const) {
    const scripted = new ScriptedServer();
    const ref = scripted.connect();
    scripted.challenge();
    scripted.restored(boot, signer);
    assert.equal(scripted.count('renew_device'), 0);
    assert.equal(scripted.code(ref), 'RESTORED');
    assert.equal(scripted.connection().at(-1), 'retrying');
  }
});

test('[CHAT-18] a disk put back: a new device is published under the same identity, and `online` succeeds', () => {
  const { testbed, alice } = linked();
  const [device, moment] = [alice.device, alice.moment()];
  reconnect(testbed, alice);
  testbed.putBack(alice, moment);
  assert.notEqual(alice.device, device);
  assert.ok(alice.do({ type: 'whoami' }).online);
  assert.equal(renewals(alice), 1);
  const record = readRecord(testbed.server.records.get('alice') ?? { payload: '', signature: '' }, fakePrimitives);
  assert.deepEqual(
    record?.devices.map((listed) => listed.device),
    [alice.device],
  );
  assert.equal(record?.key, alice.me.identity.publicKey);
});

test('[CHAT-18] a friend who proves to have seen more of this device is believed, some times a day', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  let link = 900;
  const show = (): void => {
    link += 1;
    bob.dial(alice, link);
    bob.say(alice, link, bob.hello({ seen: bob.lostMessage(alice, 5) }));
    testbed.settle();
  };
  for (let count = 0; count < LIMITS.keyRotationsPerTime + 3; count += 1) show();
  assert.equal(renewals(alice), LIMITS.keyRotationsPerTime);
  testbed.pass(LIMITS.keyRotationTimeMs);
  show();
  assert.equal(renewals(alice), LIMITS.keyRotationsPerTime + 1);
});

test('[CHAT-18] an acknowledgement beyond what was said renews as well', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  bob.link(alice, 901);
  const { conversation } = bob.message(alice);
  const ack = { conversation, device: alice.device, heard: null };
  bob.say(alice, 901, { type: 'ack', ...ack, ids: [], seen: bob.lostMessage(alice, 9) });
  testbed.settle();
  assert.equal(renewals(alice), 1);
});

test('[CHAT-18] a renewal by a clock that was ahead does not make us deaf to friends until then', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  const ahead = Array<number>(LIMITS.keyRotationsPerTime).fill(testbed.now + 30 * LIMITS.keyRotationTimeMs);
  alice.store.putSetting('renewed by reports', JSON.stringify(ahead));
  bob.dial(alice, 901);
  bob.say(alice, 901, bob.hello({ seen: bob.lostMessage(alice, 5) }));
  testbed.settle();
  assert.equal(renewals(alice), 1);
});

test('[CHAT-18] those who were asked are asked again by the new device', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.online('alice', 'bob') as [Client, Client];
  bob.command({ type: 'offline' });
  alice.command({ type: 'add', user: 'bob', note: '' });
  testbed.settle();
  const moment = alice.moment();
  reconnect(testbed, alice);
  testbed.putBack(alice, moment);
  bob.command({ type: 'online', acceptServer: false });
  testbed.pass(30_000);
  const record = readRecord(bob.store.people()[0]?.pinned?.record ?? { payload: '', signature: '' }, fakePrimitives);
  assert.deepEqual(
    record?.devices.map((listed) => listed.device),
    [alice.device],
  );
  assert.deepEqual(
    bob.do({ type: 'requests' }).requests.map(({ from }) => from),
    ['alice'],
  );
});

/** Alice was put back to before her last words, and is a new device now. `isReached`: the name server is there. */
function renewed(isReached: boolean): { testbed: Testbed; alice: Client; bob: Client; greetings: () => number } {
  const { testbed, alice, bob } = linked();
  const moment = alice.moment();
  alice.do(say('bob', 'lost'));
  reconnect(testbed, alice);
  let greetings = 0;
  testbed.passes = (client, effect) => {
    if (client === alice && effect.type === 'link_send' && 'seen' in effect.frame) greetings += 1;
    return true;
  };
  testbed.server.isUp = isReached;
  if (!isReached) testbed.server.drop(alice, 'down');
  const answer = testbed.server.answer.bind(testbed.server);
  testbed.server.answer = (question) =>
    question.type === 'users' && isReached ? { type: 'away', reason: 'no route' } : answer(question);
  testbed.putBack(alice, moment);
  // A name server that is reached says by itself that this is an old copy; else the backup says so.
  if (!isReached) alice.store.putSetting('restored', 'true');
  if (!isReached) alice.command({ type: 'offline' }, { type: 'online', acceptServer: false });
  testbed.pass(30_000);
  assert.equal(renewals(alice), 1);
  testbed.server.answer = answer;
  return { testbed, alice, bob, greetings: () => greetings };
}

test('[CHAT-18] a new device opens no link before the name server has its record', () => {
  const { testbed, alice, bob, greetings } = renewed(false);
  assert.equal(greetings(), 0);
  testbed.server.isUp = true;
  testbed.pass(180_000);
  assert.deepEqual(history(alice, bob), ['lost']);
});

test('[CHAT-18] where friends cannot be looked up, that is tried again within the session', () => {
  const { testbed, alice, bob, greetings } = renewed(true);
  assert.equal(greetings(), 0);
  testbed.pass(2 * LIMITS.letterRetryMs);
  assert.ok(greetings() > 0);
  assert.deepEqual(history(alice, bob), ['lost']);
});

test('[CHAT-18] a client that lost nothing keeps its device, over restarts and broken connections', () => {
  const { testbed, alice, bob } = linked();
  const { device } = alice;
  for (let k = 0; k < 5; k += 1) {
    alice.command(say('bob', `m${k}`));
    testbed.restart(alice);
    alice.command({ type: 'online', acceptServer: false });
    testbed.pass(20_000);
  }
  assert.equal(alice.device, device);
  assert.equal(history(alice, bob).length, 5);
});

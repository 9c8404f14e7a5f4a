// Leaving: for a while, for today with every message in a safe place, for good with a tombstone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecord } from '../../../../protocols/directory/record-verification.js';
import { isTombstone } from '../../../../protocols/directory/record.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { Refusal } from '../../../../protocols/kit/refusals.js';
import type { Effect } from '../../../../client/engine/core/io.js';
import { fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

const GO = { type: 'online', acceptServer: false } as const;
const say = (text: string) => ({ type: 'say', user: 'bob', text }) as const;

/** What an `exit` that was answered says still waits. */
function remains(client: Client, ref: number | undefined): string[] | null {
  const answer = client.answer(ref);
  if (!answer) return null;
  assert.ok(answer.ok && 'waiting' in answer.data);
  return answer.data.waiting.map(({ text }) => text);
}

test('exit with nothing to do is answered at once, offline, online or on the way', () => {
  const testbed = new Testbed();
  const alice = testbed.client('alice');
  assert.deepEqual(remains(alice, alice.command({ type: 'exit' })[0]), []);
  const [online, exit] = alice.command(GO, { type: 'exit' });
  assert.deepEqual(remains(alice, exit), []);
  assert.ok(alice.answer(online));
  alice.command(GO);
  testbed.settle();
  assert.deepEqual(remains(alice, alice.command({ type: 'exit' })[0]), []);
  assert.ok(!alice.do({ type: 'whoami' }).online);
  assert.equal(alice.wakeAt(), null);
});

test('exit does not wait for a link: what waits is left at the name server, and held', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  testbed.network.takesDials = false;
  const [, ref] = alice.command(say('hi'), { type: 'exit' });
  assert.equal(remains(alice, ref), null);
  const before = testbed.now;
  testbed.settle();
  assert.equal(testbed.now, before);
  assert.notEqual(remains(alice, ref), null);
  testbed.settle();
  assert.deepEqual(bob.texts('alice'), ['hi']);
});

test('exit waits for acknowledgements on a link', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.command({ type: 'connect', user: 'bob' });
  testbed.settle();
  const [, ref] = alice.command(say('hi'), { type: 'exit' });
  assert.equal(remains(alice, ref), null);
  testbed.settle();
  assert.deepEqual(remains(alice, ref), []);
  assert.deepEqual(bob.texts('alice'), ['hi']);
  assert.deepEqual(alice.states('bob'), { hi: 'delivered' });
});

test('exit does not trust a link on which nothing comes back: what waits on it is left at the name server', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.command({ type: 'connect', user: 'bob' });
  testbed.settle();
  testbed.passes = (client, effect) => client !== alice || effect.type !== 'link_send';
  const [, ref] = alice.command(say('hi'), { type: 'exit' });
  testbed.pass(LIMITS.exitLinkSilenceMs - 1);
  assert.deepEqual(bob.texts('alice'), []);
  testbed.pass(1);
  testbed.settle();
  assert.deepEqual(bob.texts('alice'), ['hi']);
  assert.notEqual(remains(alice, ref), null);
});

test('exit gives up after 10 s and says what remains', () => {
  const testbed = new Testbed();
  const [alice] = testbed.friends();
  testbed.server.isUp = false;
  testbed.server.drop(alice, 'down');
  testbed.network.takesDials = false;
  const [, ref] = alice.command(say('hi'), { type: 'exit' });
  testbed.pass(LIMITS.exitWaitMs - 1);
  assert.equal(remains(alice, ref), null);
  testbed.pass(1);
  assert.deepEqual(remains(alice, ref), ['hi']);
});

test('exit twice is answered twice', () => {
  const testbed = new Testbed();
  const [alice] = testbed.friends();
  const refs = alice.command(say('hi'), { type: 'exit' }, { type: 'exit' }).slice(1);
  testbed.settle();
  for (const ref of refs) assert.notEqual(remains(alice, ref), null);
});

test('exit takes letters with it: an answer given in the last moment leaves', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.online('alice', 'bob') as [Client, Client];
  alice.command({ type: 'add', user: 'bob', note: '' });
  testbed.settle();
  const [, ref] = bob.command({ type: 'accept', user: 'alice' }, { type: 'exit' });
  testbed.settle();
  assert.deepEqual(remains(bob, ref), []);
  assert.equal(alice.told('friend_added').length, 1);
});

test('after exit the client may come back, and waits for links again', () => {
  const testbed = new Testbed();
  const [alice] = testbed.friends();
  testbed.network.takesDials = false;
  alice.command({ type: 'exit' });
  testbed.settle();
  alice.command(GO);
  testbed.settle();
  alice.command(say('patient'));
  testbed.pass(5_000);
  assert.deepEqual(alice.states('bob'), { patient: 'queued' });
});

test('offline when offline is fine, and says nothing twice', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  alice.do({ type: 'offline' });
  alice.do({ type: 'offline' });
  assert.deepEqual(
    alice.told('connection').map(({ state }) => state),
    ['online', 'offline'],
  );
});

test('[DIR-7] unregister publishes a tombstone and goes offline; `online` takes the name up again', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  alice.command({ type: 'unregister' });
  testbed.settle();
  const held = () => readRecord(testbed.server.records.get('alice') ?? { payload: '', signature: '' }, fakePrimitives);
  const tombstone = held();
  assert.ok(tombstone && isTombstone(tombstone));
  assert.ok(!alice.do({ type: 'whoami' }).online);
  alice.command(GO);
  testbed.settle();
  const back = held();
  assert.ok(back && !isTombstone(back) && back.version > tombstone.version);
});

test('[DIR-7] an unregister that is refused, or not answered, leaves our record as it was', () => {
  for (const answer of [
    { type: 'refused', refusal: new Refusal('SERVER_BUSY') },
    { type: 'away', reason: 'no route' },
  ] as const) {
    const testbed = new Testbed();
    const [alice] = testbed.friends();
    const asks: Extract<Effect, { type: 'ask' }>[] = [];
    testbed.passes = (_, effect) => {
      if (effect.type === 'ask') asks.push(effect);
      return effect.type !== 'ask';
    };
    alice.command({ type: 'unregister' });
    testbed.settle();
    testbed.passes = () => true;
    alice.give({ type: 'answered', ref: asks[0]?.ref ?? 0, answer });
    testbed.settle();
    assert.ok(alice.do({ type: 'whoami' }).online);
    alice.command({ type: 'connect', user: 'bob' });
    testbed.settle();
    assert.ok(testbed.network.join(alice, testbed.clients.get('bob') as Client));
  }
});

test('unregister needs the name server', () => {
  const testbed = new Testbed();
  assert.equal(testbed.client('alice').refusal({ type: 'unregister' }), 'NOT_ONLINE');
});

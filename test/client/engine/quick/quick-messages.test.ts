// Quick messages: stored, then acknowledged; sent a few times and then given up; never queued; keys by links.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Client } from '../harness/test-client.js';
import { FakePeer } from '../harness/fake-peer.js';
import { Testbed } from '../harness/testbed.js';

const message = (user: string, text: string) => ({ type: 'message', user, text }) as const;

function linked(): { testbed: Testbed; alice: Client; bob: Client } {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.command({ type: 'connect', user: 'bob' });
  testbed.settle();
  testbed.network.datagrams.length = 0;
  return { testbed, alice, bob };
}

/** How a command ended: its code, `success`, or `no answer` so far. */
function fate(client: Client, ref: number | undefined): string {
  const answer = client.answer(ref);
  if (!answer) return 'no answer';
  return answer.ok ? 'success' : answer.refusal.code;
}

test('[QUICK-4] a text is stored, acknowledged and shown; the sender is told that it was delivered', () => {
  const { testbed, alice, bob } = linked();
  const [ref] = alice.command(message('bob', 'look outside'));
  assert.equal(fate(alice, ref), 'no answer');
  testbed.settle();
  assert.equal(fate(alice, ref), 'success');
  assert.deepEqual(
    bob.told('quick').map(({ from, text }) => [from, text]),
    [['alice', 'look outside']],
  );
  assert.deepEqual([alice.texts('bob'), bob.texts('alice')], [['look outside'], ['look outside']]);
  assert.deepEqual(alice.states('bob'), { 'look outside': 'delivered' });
});

test('[QUICK-4] a message to a friend whose key is not known yet is refused: it would be stored nowhere', () => {
  const testbed = new Testbed();
  const alice = testbed.client('alice');
  const unknown = { pinned: null, epoch: 1, note: '', blocked: false, verified: false, claimed: null, endpoints: [] };
  alice.store.transaction(() => alice.store.putPerson({ ...unknown, name: 'zoe', friendship: 'friend' }));
  alice.restart();
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  assert.equal(alice.refusal(message('zoe', 'hi')), 'NOT_FRIENDS');
});

test('[QUICK-4] where the acknowledgement is lost the text comes again, is acknowledged again and shown once', () => {
  const { testbed, alice, bob } = linked();
  let lost = 0;
  testbed.passes = (client, effect) => {
    if (client !== bob || effect.type !== 'datagram' || lost >= 2) return true;
    lost += 1;
    return false;
  };
  const [ref] = alice.command(message('bob', 'hi'));
  testbed.pass(2_000);
  assert.equal(fate(alice, ref), 'success');
  assert.equal(bob.told('quick').length, 1);
  assert.deepEqual(bob.texts('alice'), ['hi']);
});

test('[QUICK-4] shown once over restarts of the receiver too', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = FakePeer.linked(testbed, alice, 901);
  const words = bob.words('once');
  alice.give({ type: 'datagram', from: bob.at, bytes: bob.quick(901).seal(words) });
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  bob.link(alice, 902);
  const effects = alice.give({ type: 'datagram', from: bob.at, bytes: bob.quick(902).seal(words) });
  assert.ok(effects.some((effect) => effect.type === 'datagram'));
  assert.equal(alice.told('quick').length, 1);
});

test('[QUICK-5] a text leaves five times, 0.5, 1, 2 and 4 s apart, and then the sender is told', () => {
  const { testbed, alice } = linked();
  const at: number[] = [];
  const since = testbed.now;
  testbed.passes = (client, effect) => {
    if (client === alice && effect.type === 'datagram') at.push(testbed.now - since);
    return effect.type !== 'datagram';
  };
  const [ref] = alice.command(message('bob', 'hi'));
  testbed.pass(7_999);
  assert.equal(fate(alice, ref), 'no answer');
  testbed.pass(1);
  assert.equal(fate(alice, ref), 'UNREACHABLE');
  assert.deepEqual(at, [0, 500, 1_500, 3_500, 7_500]);
  assert.deepEqual(alice.states('bob'), { hi: 'unconfirmed' });
  testbed.pass(60_000);
  assert.equal(at.length, 5);
});

test('[QUICK-2] every send of the same text is another datagram', () => {
  const { testbed, alice } = linked();
  testbed.network.takesDatagrams = false;
  alice.command(message('bob', 'hi'));
  testbed.pass(10_000);
  const sent = testbed.network.datagrams
    .filter(({ from }) => from === 'alice')
    .map(({ bytes }) => Buffer.from(bytes).toString('hex'));
  assert.equal(new Set(sent).size, 5);
});

test('[QUICK-6] at most 900 bytes of UTF-8, and not nothing', () => {
  const { alice } = linked();
  assert.equal(alice.refusal(message('bob', 'é'.repeat(451))), 'QUICK_TOO_LONG');
  assert.equal(alice.refusal(message('bob', '')), 'TEXT_EMPTY');
  assert.equal(alice.refusal(message('bob', 'é'.repeat(450))), 'no answer');
  assert.equal(alice.refusal(message('alice', 'x')), 'SELF');
  assert.equal(alice.refusal(message('carol', 'x')), 'NOT_FRIENDS');
});

test('[QUICK-7] where there are no keys a link is made for them, and the text leaves with them', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  const [ref] = alice.command(message('bob', 'hi'));
  testbed.settle();
  assert.ok(testbed.network.join(alice, bob));
  assert.equal(fate(alice, ref), 'success');
});

test('[QUICK-7] where no link can be had either the sender is told after 8 s', () => {
  const testbed = new Testbed();
  const [alice] = testbed.friends();
  testbed.network.takesDials = false;
  const [ref] = alice.command(message('bob', 'hi'));
  testbed.pass(LIMITS.quickTimeoutMs - 1);
  assert.equal(fate(alice, ref), 'no answer');
  testbed.pass(1);
  assert.equal(fate(alice, ref), 'UNREACHABLE');
  assert.deepEqual(testbed.network.datagrams, []);
});

test('[QUICK-7] a friend who started anew has lost the keys: a new link brings new ones in time', () => {
  const { testbed, alice, bob } = linked();
  testbed.restart(bob);
  bob.command({ type: 'online', acceptServer: false });
  testbed.settle();
  const [ref] = alice.command(message('bob', 'still there?'));
  testbed.pass(8_000);
  assert.equal(fate(alice, ref), 'success');
  assert.equal(bob.told('quick').length, 1);
});

test('[QUICK-7] keys that come late are tried as often as any, not given up at once', () => {
  const { testbed, alice, bob } = linked();
  testbed.restart(bob);
  bob.command({ type: 'online', acceptServer: false });
  testbed.network.takesDials = false;
  testbed.settle();
  const [ref] = alice.command(message('bob', 'hi'));
  testbed.pass(7_600);
  testbed.network.takesDials = true;
  bob.command({ type: 'connect', user: 'alice' });
  testbed.settle();
  assert.ok(testbed.network.join(alice, bob));
  testbed.pass(1_000);
  assert.equal(fate(alice, ref), 'success');
});

test('[QUICK-7] links that come and go do not prolong it for ever', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  const [ref] = alice.command(message('bob', 'hi'));
  for (let link = 901; link < 930; link += 1) {
    bob.link(alice, link);
    testbed.pass(1_000);
  }
  assert.equal(fate(alice, ref), 'UNREACHABLE');
});

test('[QUICK-7] keys are good for a day; after it a link that has stood for longer is made anew', () => {
  const { testbed, alice, bob } = linked();
  testbed.pass(LIMITS.quickSessionMs + 1_000);
  assert.ok(testbed.network.join(alice, bob));
  const [ref] = alice.command(message('bob', 'good morning'));
  testbed.pass(8_000);
  assert.equal(fate(alice, ref), 'success');
});

test('[QUICK-5] one that is given up does not take others with it before their time', () => {
  const { testbed, alice, bob } = linked();
  testbed.network.takesDatagrams = false;
  alice.command(message('bob', 'first'));
  testbed.pass(6_000);
  const [second] = alice.command(message('bob', 'second'));
  testbed.pass(2_100);
  assert.equal(fate(alice, second), 'no answer');
  testbed.network.takesDatagrams = true;
  testbed.pass(6_000);
  assert.equal(fate(alice, second), 'success');
  assert.ok(bob.texts('alice').includes('second'));
});

test('[QUICK-1] what is not of a known session is met with silence, and so is every random byte', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = FakePeer.linked(testbed, alice, 901);
  const genuine = bob.quick(901).seal(bob.words('hi'));
  const noise = [new Uint8Array(0), new Uint8Array(34), genuine.slice(0, -1), bob.quick(950).seal(bob.words('x'))];
  for (const bytes of noise) assert.deepEqual(alice.give({ type: 'datagram', from: bob.at, bytes }), []);
  assert.deepEqual(alice.told('quick'), []);
});

test('[QUICK-8] no answer is longer than what it answers', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = FakePeer.linked(testbed, alice, 901);
  const bytes = bob.quick(901).seal(bob.words('x'));
  for (const effect of alice.give({ type: 'datagram', from: bob.at, bytes })) {
    if (effect.type === 'datagram') assert.ok(effect.bytes.length <= bytes.length);
  }
});

test('[QUICK-9] datagrams go to where the last authentic one came from', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = FakePeer.linked(testbed, alice, 901);
  const session = bob.quick(901);
  const [there, elsewhere] = [
    { host: '203.0.113.50', port: 9 },
    { host: '203.0.113.66', port: 6 },
  ];
  const first = session.seal(bob.words('from there'));
  alice.give({ type: 'datagram', from: there, bytes: first });
  alice.give({ type: 'datagram', from: elsewhere, bytes: first });
  const effects = alice.give({ type: 'command', ref: 900, command: message('bob', 'to where?') });
  assert.deepEqual(
    effects.flatMap((effect) => (effect.type === 'datagram' ? [effect.to] : [])),
    [there],
  );
});

test('[LINK-10] a user who went offline sends no datagram and accepts none', () => {
  const { testbed, alice, bob } = linked();
  bob.do({ type: 'offline' });
  testbed.settle();
  const [ref] = alice.command(message('bob', 'hi'));
  testbed.pass(10_000);
  assert.equal(fate(alice, ref), 'UNREACHABLE');
  assert.deepEqual(bob.told('quick'), []);
  assert.equal(bob.refusal(message('alice', 'x')), 'NOT_ONLINE');
  assert.deepEqual(
    testbed.network.datagrams.filter(({ from }) => from === 'bob'),
    [],
  );
});

test('every message that waits is answered when the user goes offline or the friend is no friend any more', () => {
  for (const doing of [{ type: 'offline' }, { type: 'remove', user: 'bob' }, { type: 'block', user: 'bob' }] as const) {
    const { testbed, alice } = linked();
    testbed.network.takesDatagrams = false;
    const [ref] = alice.command(message('bob', 'hi'));
    alice.do(doing);
    assert.equal(fate(alice, ref), 'UNREACHABLE', doing.type);
    testbed.settle();
    testbed.network.datagrams.length = 0;
    testbed.pass(10_000);
    assert.deepEqual(testbed.network.datagrams, []);
  }
});

test('so many wait for an answer, and no more', () => {
  const { testbed, alice } = linked();
  testbed.network.takesDatagrams = false;
  for (let k = 0; k < LIMITS.quickPendingMax; k += 1) assert.equal(alice.refusal(message('bob', `m${k}`)), 'no answer');
  assert.equal(alice.refusal(message('bob', 'one more')), 'LIST_FULL');
});

test('an acknowledgement by another peer acknowledges nothing', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const [bob, carol] = [new FakePeer('bob', testbed), new FakePeer('carol', testbed)];
  bob.befriend(alice);
  carol.befriend(alice);
  bob.link(alice, 901);
  carol.link(alice, 902);
  const [ref] = alice.command(message('bob', 'hi'));
  testbed.settle();
  const sent = testbed.network.datagrams.at(-1)?.bytes ?? assert.fail();
  const { id } = bob.quick(901).open(sent) ?? assert.fail();
  alice.give({ type: 'datagram', from: carol.at, bytes: carol.quick(902).seal({ type: 'ack', id }) });
  assert.equal(fate(alice, ref), 'no answer');
  alice.give({ type: 'datagram', from: bob.at, bytes: bob.quick(901).seal({ type: 'ack', id }) });
  assert.equal(fate(alice, ref), 'success');
});

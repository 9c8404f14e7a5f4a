// Letters that arrive: believed only by their signature, for us, once; `done` after what they changed is on disk.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signObject } from '../../../../protocols/kit/signed.js';
import type { Letter } from '../../../../protocols/letters/messages.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Effect } from '../../../../client/engine/core/io.js';
import { fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import type { Client } from '../harness/test-client.js';
import { FakePeer } from '../harness/fake-peer.js';
import { Testbed } from '../harness/testbed.js';

/** Ids a client said `done` to. */
function watchDone(testbed: Testbed): string[] {
  const done: string[] = [];
  testbed.passes = (_, effect) => {
    if (effect.type === 'session_send' && effect.frame.type === 'done') done.push(effect.frame.id);
    return true;
  };
  return done;
}

function setUp(): { testbed: Testbed; alice: Client; bob: FakePeer; done: string[] } {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.register();
  return { testbed, alice, bob, done: watchDone(testbed) };
}

const request = (bob: FakePeer, note = 'hello') => ({ record: bob.record(), epoch: 1, note });
const asked = (client: Client) => client.told('friend_request').map(({ from, note }) => [from, note]);

test('[LETTER-1] a letter signed by a device in the current record of its writer is believed', () => {
  const { alice, bob, done } = setUp();
  const id = bob.write(alice, 'friend_request', request(bob));
  assert.deepEqual(asked(alice), [['bob', 'hello']]);
  assert.deepEqual(done, [id]);
});

test('[LETTER-1] whose session left it counts for nothing', () => {
  const { testbed, alice, bob } = setUp();
  const mallory = new FakePeer('mallory', testbed);
  mallory.deliver(alice, bob.letter(alice, 'friend_request', request(bob)));
  assert.deepEqual(asked(alice), [['bob', 'hello']]);
});

test('[LETTER-1] no sender writes in the name of another user, no matter which record it brings', () => {
  const { testbed, alice, bob, done } = setUp();
  const mallory = new FakePeer('mallory', testbed);
  mallory.register();
  const posing = { ...request(bob), record: mallory.record(9, mallory.device, 'bob') };
  mallory.write(alice, 'friend_request', posing, { from: 'bob' });
  mallory.write(alice, 'friend_request', request(bob), { from: 'bob', device: bob.device });
  mallory.write(alice, 'friend_request', request(bob), { from: 'bob' });
  assert.deepEqual(asked(alice), []);
  assert.equal(alice.store.people().length, 0);
  assert.equal(done.length, 3);
});

test('[LETTER-1] a letter from an unregistered name is dropped', () => {
  const { testbed, alice } = setUp();
  const ghost = new FakePeer('ghost', testbed);
  ghost.write(alice, 'friend_request', request(ghost));
  assert.deepEqual(asked(alice), []);
});

test('[LETTER-1] a device that left the record is not believed any more', () => {
  const { alice, bob } = setUp();
  bob.befriend(alice);
  const next = new FakePeer('bob', bob.testbed, 'next device');
  bob.register(bob.record(2, next.device));
  alice.command({ type: 'update' });
  bob.testbed.settle();
  bob.write(alice, 'message', { epoch: 1, heard: null, messages: [bob.message(alice)] });
  assert.deepEqual(alice.texts('bob'), []);
});

test('[LETTER-2] a letter for another user or another device is put away', () => {
  const { alice, bob, done } = setUp();
  bob.write(alice, 'friend_request', request(bob), { to: 'carol' });
  bob.write(alice, 'friend_request', request(bob), { toDevice: bob.device });
  assert.deepEqual(asked(alice), []);
  assert.equal(done.length, 2);
});

test('[LETTER-8] who writes for a device that is no more hears it once a session; who only asked us nothing', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const [bob, eve] = [new FakePeer('bob', testbed), new FakePeer('eve', testbed)];
  bob.befriend(alice);
  eve.register();
  eve.write(alice, 'friend_request', request(eve));
  const seenBefore = testbed.server.seen.length;
  const sealed = 'A'.repeat(400);
  for (const writer of [bob, bob, eve]) writer.deliver(alice, sealed);
  const heard = () => testbed.server.seen.slice(seenBefore).map(({ letter }) => letter.to);
  assert.deepEqual([heard(), testbed.server.mail.filter(({ letter }) => letter.to === 'alice')], [['bob'], []]);
  testbed.server.drop(alice, 'broken');
  testbed.pass(2_000);
  bob.deliver(alice, sealed);
  assert.deepEqual(heard(), ['bob', 'bob']);
});

test('[LETTER-3] a letter that comes again changes nothing, after a restart too', () => {
  const { testbed, alice, bob, done } = setUp();
  const letter = bob.letter(alice, 'friend_request', request(bob));
  bob.deliver(alice, letter);
  bob.deliver(alice, letter);
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  bob.deliver(alice, letter);
  assert.equal(asked(alice).length, 1);
  assert.equal(done.length, 3);
});

test('[LETTER-3] what no name server can bring any more is not remembered for ever', () => {
  const { testbed, alice, bob } = setUp();
  const letter = bob.letter(alice, 'friend_request', request(bob));
  bob.deliver(alice, letter);
  testbed.now += LIMITS.letterSeenMs + 1;
  testbed.server.drop(alice, 'broken');
  testbed.pass(2_000);
  bob.deliver(alice, letter);
  assert.equal(asked(alice).length, 2);
});

test('[LETTER-4] an offer that is older than a minute and the difference of clocks is not acted on', () => {
  const { testbed, alice, bob } = setUp();
  bob.befriend(alice);
  const body = { nonce: bob.device, endpoints: [bob.at] };
  bob.write(alice, 'offer', body, { expires: testbed.now - LIMITS.clockSkewMs - 1 });
  assert.equal(testbed.network.dials.get('alice') ?? 0, 0);
  bob.write(alice, 'offer', body, { expires: testbed.now + LIMITS.offerMs });
  assert.equal(testbed.network.dials.get('alice'), 1);
});

test('[LETTER-5] `done` leaves in the turn that stored what the letter changed', () => {
  const { testbed, alice, bob } = setUp();
  bob.befriend(alice);
  let found: Effect[] = [];
  testbed.passes = (client, effect) => {
    if (client === alice && effect.type === 'unseal') {
      found = alice.give({ type: 'unsealed', ref: effect.ref, plain: alice.unseal(effect) });
      return false;
    }
    return true;
  };
  bob.write(alice, 'message', { epoch: 1, heard: null, messages: [bob.message(alice)] });
  assert.ok(found.some((effect) => effect.type === 'session_send' && effect.frame.type === 'done'));
  assert.deepEqual(alice.texts('bob'), ['hi']);
});

test('[LETTER-5] a letter whose writer cannot be looked up is not done, and is looked at again', () => {
  const { testbed, alice, bob, done } = setUp();
  testbed.server.isUp = false;
  const id = bob.write(alice, 'friend_request', request(bob));
  assert.deepEqual([asked(alice), done], [[], []]);
  testbed.server.isUp = true;
  testbed.pass(LIMITS.letterRetryMs);
  assert.deepEqual(done, [id]);
  assert.equal(asked(alice).length, 1);
});

test('[LETTER-5] letters that come while one is being opened are taken in order', () => {
  const { alice, bob } = setUp();
  bob.befriend(alice);
  const letter = (seq: number) => {
    const message = bob.message(alice, { seq, lamport: seq, text: `m${seq}` });
    return bob.letter(alice, 'message', { epoch: 1, heard: null, messages: [message] });
  };
  const at = bob.testbed.now;
  for (const seq of [1, 2, 3]) {
    const id = Buffer.alloc(16, `${seq}`).toString('base64url');
    bob.testbed.server.say(alice, { type: 'deliver', id, from: 'bob', at, body: letter(seq) });
  }
  bob.testbed.settle();
  assert.deepEqual(
    alice.told('chat').map(({ text }) => text),
    ['m1', 'm2', 'm3'],
  );
});

test('[LETTER-7] a record under another key that a letter brings blocks nothing and warns of nothing', () => {
  const { testbed, alice, bob } = setUp();
  bob.befriend(alice);
  const mallory = new FakePeer('mallory', testbed);
  const body = { record: mallory.record(9, mallory.device, 'bob'), epoch: 9, note: '' };
  mallory.write(alice, 'friend_request', body, { from: 'bob' });
  assert.deepEqual(alice.told('warning'), []);
  assert.equal(alice.refusal({ type: 'say', user: 'bob', text: 'still' }), 'success');
});

test('[LETTER-7] when the name server lists a friend under another key no letter leaves, and that is told once', () => {
  const { testbed, alice, bob } = setUp();
  bob.befriend(alice);
  const other = new FakePeer('bob', testbed, 'another life');
  other.register();
  other.write(alice, 'friend_request', request(other));
  other.write(alice, 'message', { epoch: 1, heard: null, messages: [other.message(alice)] });
  assert.deepEqual(
    alice.told('warning').map(({ code }) => code),
    ['KEY_CHANGED'],
  );
  assert.deepEqual(alice.texts('bob'), []);
  const before = testbed.server.seen.length;
  alice.do({ type: 'say', user: 'bob', text: 'x' });
  testbed.pass(120_000);
  assert.equal(testbed.server.seen.filter(({ letter }) => !letter.fleeting).length, before);
  assert.equal(alice.states('bob').x, 'queued');
});

const RUBBISH: [string, (alice: Client, bob: FakePeer) => string][] = [
  [
    'that is sealed for another recipient',
    (alice, bob) => bob.seal(alice, '{}').replace(alice.letterKey.key, bob.exchange),
  ],
  ['that does not open', () => 'AAAA'],
  ['that is not JSON inside', (alice, bob) => bob.seal(alice, 'hello')],
  ['that is no signed object', (alice, bob) => bob.seal(alice, '{"payload":7}')],
  [
    'that is signed as something else',
    (alice, bob) => {
      const letter = {
        from: 'bob',
        device: bob.device,
        to: 'alice',
        toDevice: alice.device,
        kind: 'bye',
        at: 1,
        body: { epoch: 1 },
      };
      return bob.seal(alice, JSON.stringify(signObject('record', letter, bob.deviceKey, fakePrimitives)));
    },
  ],
  ['of an unknown kind', (alice, bob) => bob.letter(alice, 'order' as Letter['kind'], {})],
  ['with a body of another kind', (alice, bob) => bob.letter(alice, 'friend_request', { messages: [] })],
  ['with no body to speak of', (alice, bob) => bob.letter(alice, 'friend_answer', null)],
  ['from oneself', (alice, bob) => bob.letter(alice, 'bye', { epoch: 1 }, { from: 'alice' })],
];

for (const [what, make] of RUBBISH) {
  test(`[LETTER-8] a letter ${what} is done and forgotten`, () => {
    const { alice, bob, done } = setUp();
    const id = bob.deliver(alice, make(alice, bob));
    assert.deepEqual(done, [id]);
    assert.deepEqual(
      alice.events.filter(({ event }) => event !== 'connection'),
      [],
    );
    assert.equal(alice.store.people().length, 0);
  });
}

test('a session that ends while a letter is being opened loses nothing and mixes nothing up', () => {
  const { testbed, alice, bob } = setUp();
  bob.befriend(alice);
  let held: Extract<Effect, { type: 'unseal' }> | null = null;
  testbed.passes = (client, effect) => {
    if (client !== alice || effect.type !== 'unseal' || held) return true;
    held = effect;
    return false;
  };
  const letter = bob.letter(alice, 'message', { epoch: 1, heard: null, messages: [bob.message(alice)] });
  bob.deliver(alice, letter);
  testbed.server.drop(alice, 'broken');
  testbed.pass(2_000);
  bob.deliver(alice, letter);
  const opened = held as unknown as Extract<Effect, { type: 'unseal' }>;
  alice.give({ type: 'unsealed', ref: opened.ref, plain: alice.unseal(opened) });
  testbed.settle();
  assert.deepEqual(
    alice.told('chat').map(({ text }) => text),
    ['hi'],
  );
});

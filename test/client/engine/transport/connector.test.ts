// Finding each other: last known places first, offers through the name server, and patience.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LINK_VERSION } from '../../../../protocols/links/messages.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Effect } from '../../../../client/engine/core/io.js';
import { framesOn, isClosed, FakePeer } from '../harness/fake-peer.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

const connect = { type: 'connect', user: 'bob' } as const;

function dialsIn(effects: readonly Effect[]) {
  return effects.flatMap((effect) => (effect.type === 'dial' ? [effect] : []));
}

test('[LINK-8] two who never met by wire exchange offers through the name server, and dial', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  assert.ok(!testbed.network.join(alice, bob));
  alice.command(connect);
  testbed.settle();
  assert.ok(testbed.network.join(alice, bob));
  assert.deepEqual(
    testbed.server.seen.slice(-2).map(({ from, letter }) => [from, letter.fleeting]),
    [
      ['alice', true],
      ['bob', true],
    ],
  );
});

for (const hours of [-1, 3, -24 * 40])
  test(`[LETTER-4] friends whose clocks differ by ${hours} hours find each other by their offers`, () => {
    const testbed = new Testbed();
    const [alice, bob] = testbed.friends();
    alice.clockAheadMs = hours * 3_600_000;
    testbed.restart(alice);
    alice.command({ type: 'online', acceptServer: false });
    alice.command(connect);
    testbed.settle();
    assert.ok(testbed.network.join(alice, bob));
  });

test('[LINK-8] what worked last time is dialled without asking anybody', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.command(connect);
  testbed.settle();
  testbed.restart(alice);
  testbed.server.isUp = false;
  testbed.server.drop(bob, 'down');
  alice.command({ type: 'online', acceptServer: false });
  alice.command({ type: 'say', user: 'bob', text: 'no server needed' });
  testbed.settle();
  assert.deepEqual(bob.texts('alice'), ['no server needed']);
});

test('[LINK-8] an offer names our addresses, and the one the name server sees', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  const nonce = bob.device;
  bob.write(alice, 'offer', { nonce, endpoints: [{ host: '203.0.113.9', port: 6_000 }] });
  const { body } = testbed.server.seen.at(-1)?.letter ?? { body: '' };
  const plain = bob.unseal(alice, body) ?? '';
  const { payload } = JSON.parse(plain) as { payload: string };
  const {
    kind,
    body: answer,
    expires,
    at,
  } = JSON.parse(payload) as { kind: string; body: object; expires: number; at: number };
  assert.equal(kind, 'answer');
  assert.deepEqual(answer, {
    nonce,
    endpoints: [
      { host: '192.0.2.1', port: 4_000 },
      { host: '198.51.100.7', port: 4_000 },
    ],
  });
  assert.equal(expires - at, LIMITS.offerMs);
});

test('[LINK-8] an answer without an offer is not dialled, nor an offer by a user who is not a friend', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const [bob, mallory] = [new FakePeer('bob', testbed), new FakePeer('mallory', testbed)];
  bob.befriend(alice);
  mallory.register();
  const body = { nonce: bob.device, endpoints: [{ host: '203.0.113.9', port: 6_000 }] };
  bob.write(alice, 'answer', body);
  mallory.write(alice, 'offer', body);
  assert.equal(testbed.network.dials.get('alice') ?? 0, 0);
  bob.write(alice, 'offer', body);
  assert.equal(testbed.network.dials.get('alice'), 1);
});

test('[LINK-9] a dial that failed is tried again, ever more rarely, as long as something waits', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.command(connect);
  testbed.settle();
  testbed.network.takesDials = false;
  testbed.network.cut(alice);
  bob.command({ type: 'offline' });
  testbed.pass(70_000);
  const at: number[] = [];
  const since = testbed.now;
  testbed.passes = (client, effect) => {
    if (client === alice && effect.type === 'dial') at.push(testbed.now - since);
    return true;
  };
  alice.do({ type: 'say', user: 'bob', text: 'hi' });
  testbed.pass(3_600_000);
  assert.ok(at.length > 12 && at.length < 40, `${at.length} dials in an hour`);
  const gaps = at.slice(1).map((time, k) => time - (at[k] ?? 0));
  assert.ok((gaps[0] ?? 0) <= 1_000 && Math.max(...gaps) <= LIMITS.linkRetryCeilingMs + 1);
  assert.ok((gaps.at(-1) ?? 0) >= LIMITS.linkRetryCeilingMs / 2);
});

test('[LINK-9] when nothing waits, no friend is dialled', () => {
  const testbed = new Testbed();
  const [alice] = testbed.friends();
  alice.command(connect);
  testbed.settle();
  testbed.network.takesDials = false;
  testbed.network.cut(alice);
  const { id } = alice.do({ type: 'say', user: 'bob', text: 'hi' });
  testbed.pass(1_000);
  alice.do({ type: 'cancel', id });
  testbed.pass(2 * LIMITS.linkRetryCeilingMs);
  const before = testbed.network.dials.get('alice');
  testbed.pass(3_600_000);
  assert.equal(testbed.network.dials.get('alice'), before);
});

test('[LINK-9] a friend who comes online is dialled at once, whatever failed before', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  bob.command({ type: 'offline' });
  testbed.network.takesDials = false;
  alice.do({ type: 'say', user: 'bob', text: 'hi' });
  testbed.pass(3_600_000);
  testbed.network.takesDials = true;
  bob.command({ type: 'online', acceptServer: false });
  testbed.settle();
  assert.ok(testbed.network.join(alice, bob));
});

test('[LINK-9] a friend who closes every link at once is not dialled in a hurry', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  // Bob lets everybody in, and closes when anything is said.
  testbed.passes = (client, effect) => {
    if (client === bob && effect.type === 'link_send' && (effect.frame as { type: string }).type === 'ack') {
      testbed.later(() => testbed.network.cut(bob));
      return false;
    }
    return true;
  };
  alice.do({ type: 'say', user: 'bob', text: 'hi' });
  testbed.pass(60_000);
  assert.ok((testbed.network.dials.get('alice') ?? 0) < 30, `${testbed.network.dials.get('alice')} dials in a minute`);
  assert.equal(bob.told('chat').length, 1);
});

test('[LINK-6] a friend who restarted is accepted although our link stands, no matter who has the smaller key', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  for (const name of ['bob', 'erin', 'grace', 'heidi']) {
    const friend = new FakePeer(name, testbed);
    friend.befriend(alice);
    aliceDials(testbed, alice, friend);
    assert.ok(isClosed(friend.link(alice, 902), friend.device < alice.device ? 901 : 902), name);
    aliceDials(testbed, alice, friend);
    testbed.pass(LIMITS.linkStaleMs + 1);
    const effects = friend.link(alice, 903);
    assert.ok(isClosed(effects, 901) && !isClosed(effects, 903), name);
    for (const link of [901, 902, 903]) alice.give({ type: 'link_closed', link, reason: 'over' });
  }
});

/** A link to a peer that alice dialled; whatever link there was is over. */
function aliceDials(testbed: Testbed, alice: Client, friend: FakePeer): void {
  for (const link of [901, 902]) alice.give({ type: 'link_closed', link, reason: 'over' });
  const dials: number[] = [];
  testbed.pass(1); // or the offer would be the one before, word for word
  testbed.passes = (_, effect) => {
    if (effect.type === 'dial') dials.push(effect.dial);
    return effect.type !== 'dial';
  };
  friend.write(alice, 'offer', { nonce: friend.device, endpoints: [friend.at] });
  const exported = new Uint8Array(LIMITS.linkKeyingBytes);
  const dial = dials.at(-1) ?? 0;
  alice.give({ type: 'link_opened', link: 901, dial, peerKey: friend.device, from: friend.at, exported });
  const record = friend.record();
  friend.say(alice, 901, {
    type: 'welcome',
    version: LINK_VERSION,
    record,
    port: 6_000,
    seen: null,
    heard: null,
    features: [],
  });
}

test('[LINK-10] a user who went offline dials no friend, no matter what waits and who offers', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.command(connect);
  testbed.settle();
  alice.do({ type: 'offline' });
  testbed.settle();
  const before = testbed.network.dials.get('alice');
  assert.deepEqual(
    dialsIn(alice.give({ type: 'command', ref: 900, command: { type: 'say', user: 'bob', text: 'later' } })),
    [],
  );
  testbed.pass(3_600_000);
  assert.equal(testbed.network.dials.get('alice'), before);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  assert.deepEqual(bob.texts('alice'), ['later']);
});

test('[LINK-9] dials that were under way when the user went offline do not count for ever', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.command(connect);
  testbed.settle();
  testbed.passes = (client, effect) => client !== alice || effect.type !== 'dial';
  for (let k = 0; k < 5; k += 1) {
    alice.command({ type: 'offline' });
    alice.command({ type: 'online', acceptServer: false });
    alice.command(connect);
    testbed.settle();
  }
  testbed.passes = (client, effect) => client !== bob || effect.type !== 'dial';
  alice.command({ type: 'offline' });
  alice.command({ type: 'online', acceptServer: false });
  alice.command(connect);
  testbed.pass(5_000);
  assert.ok(testbed.network.join(alice, bob));
});

test('a dial that succeeds after it is no longer wanted is closed', () => {
  const testbed = new Testbed();
  const [alice] = testbed.friends();
  const dials: number[] = [];
  testbed.passes = (client, effect) => {
    if (client === alice && effect.type === 'dial') dials.push(effect.dial);
    return effect.type !== 'dial';
  };
  alice.command(connect);
  testbed.settle();
  alice.do({ type: 'offline' });
  const exported = new Uint8Array(LIMITS.linkKeyingBytes);
  const from = { host: '203.0.113.9', port: 1 };
  const peerKey = alice.device;
  const effects = alice.give({ type: 'link_opened', link: 901, dial: dials[0] ?? 0, peerKey, from, exported });
  assert.ok(isClosed(effects, 901));
  assert.deepEqual(framesOn(effects, 901), []);
});

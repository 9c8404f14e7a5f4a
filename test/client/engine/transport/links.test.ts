// Links: who is let in, what is understood, how long silence lasts, and which of two links stays.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { LINK_VERSION } from '../../../../protocols/links/messages.js';
import type { Client } from '../harness/test-client.js';
import { framesOn, isClosed, FakePeer } from '../harness/fake-peer.js';
import { Testbed } from '../harness/testbed.js';

const LINK = 901;

function setUp(): { testbed: Testbed; alice: Client; bob: FakePeer } {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  return { testbed, alice, bob };
}

/** True iff what alice writes to bob goes over this link. */
function isOpen(alice: Client, link: number): boolean {
  const say = { type: 'command', ref: 10_000 + link, command: { type: 'say', user: 'bob', text: 'x' } } as const;
  return framesOn(alice.give(say), link).some(({ type }) => type === 'message');
}

test('[LINK-1] the listener says nothing before `hello`, and a friend is let in by `welcome`', () => {
  const { alice, bob } = setUp();
  assert.deepEqual(framesOn(bob.dial(alice, LINK), LINK), []);
  assert.ok(!isOpen(alice, LINK));
  const effects = bob.say(alice, LINK, bob.hello());
  assert.equal(framesOn(effects, LINK)[0]?.type, 'welcome');
  assert.ok(effects.some((effect) => effect.type === 'link_widen' && effect.link === LINK));
  assert.ok(isOpen(alice, LINK));
});

test('[LINK-1] the dialler is not linked before `welcome`', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  testbed.passes = (client, effect) => client !== bob || effect.type !== 'link_send';
  alice.command({ type: 'connect', user: 'bob' });
  testbed.settle();
  assert.ok(testbed.network.join(alice, bob));
  alice.do({ type: 'say', user: 'bob', text: 'x' });
  testbed.settle();
  assert.deepEqual(bob.texts('alice'), []);
});

test('[LINK-1] a message before the greeting ends the link, and nothing of it is kept', () => {
  const { alice, bob } = setUp();
  bob.dial(alice, LINK);
  const effects = bob.say(alice, LINK, { type: 'message', ...bob.message(alice) });
  assert.ok(isClosed(effects, LINK));
  assert.deepEqual(framesOn(effects, LINK), []);
  assert.deepEqual(alice.texts('bob'), []);
});

const STRANGERS: [string, (bob: FakePeer, other: FakePeer) => { peerKey: string; hello: object }][] = [
  ['a stranger', (_, other) => ({ peerKey: other.device, hello: other.hello() })],
  [
    'a stranger under the name of a friend',
    (bob, other) => ({ peerKey: other.device, hello: { ...bob.hello(), device: other.device } }),
  ],
  [
    'a stranger with a record of their own for the name of a friend',
    (_, other) => ({
      peerKey: other.device,
      hello: { ...other.hello(), user: 'bob', record: other.record(9, other.device, 'bob') },
    }),
  ],
  [
    'a friend whose certificate is of another key than the hello says',
    (bob, other) => ({ peerKey: other.device, hello: bob.hello() }),
  ],
  [
    'a friend who names another device than the certificate does',
    (bob, other) => ({ peerKey: bob.device, hello: bob.hello({ device: other.device }) }),
  ],
  [
    'a friend by a device that no record lists',
    (bob, other) => ({ peerKey: other.device, hello: { ...bob.hello(), device: other.device, record: bob.record(2) } }),
  ],
];

for (const [who, make] of STRANGERS) {
  test(`[LINK-2] ${who} gets no frame`, () => {
    const { testbed, alice, bob } = setUp();
    const { peerKey, hello } = make(bob, new FakePeer('mallory', testbed));
    bob.dial(alice, LINK, peerKey);
    const effects = bob.say(alice, LINK, hello);
    assert.deepEqual(framesOn(effects, LINK), []);
    assert.ok(isClosed(effects, LINK));
    assert.ok(!isOpen(alice, LINK));
  });
}

test('[LINK-2] a friend who does not speak our version gets `refuse`', () => {
  const { alice, bob } = setUp();
  bob.dial(alice, LINK);
  const effects = bob.say(alice, LINK, bob.hello({ versions: [LINK_VERSION - 1] }));
  assert.equal(framesOn(effects, LINK)[0]?.type, 'refuse');
  assert.ok(isClosed(effects, LINK));
});

test('[LINK-2] a peer that shows its own record for the name of a friend changes nothing about that friend', () => {
  const { testbed, alice, bob } = setUp();
  const mallory = new FakePeer('mallory', testbed);
  mallory.dial(alice, LINK);
  mallory.say(alice, LINK, { ...mallory.hello(), user: 'bob', record: mallory.record(9, mallory.device, 'bob') });
  assert.deepEqual(alice.told('warning'), []);
  assert.equal(alice.refusal({ type: 'say', user: 'bob', text: 'still friends' }), 'success');
  bob.link(alice, LINK + 1);
  assert.ok(isOpen(alice, LINK + 1));
});

test('[LINK-2] a friend is let in by a newer record that is shown now', () => {
  const { alice, bob } = setUp();
  const next = new FakePeer('bob', bob.testbed, 'next device');
  bob.dial(alice, LINK, next.device);
  bob.say(alice, LINK, bob.hello({ device: next.device, record: bob.record(2, next.device) }));
  assert.ok(isOpen(alice, LINK));
});

test('[LINK-2] an older record does not bring an old device back', () => {
  const { alice, bob } = setUp();
  const next = new FakePeer('bob', bob.testbed, 'next device');
  bob.dial(alice, LINK, next.device);
  bob.say(alice, LINK, bob.hello({ device: next.device, record: bob.record(2, next.device) }));
  bob.dial(alice, LINK + 1);
  assert.ok(isClosed(bob.say(alice, LINK + 1, bob.hello()), LINK + 1));
});

test('[LINK-2] a friend who is removed or blocked loses the link that stands', () => {
  for (const doing of ['remove', 'block'] as const) {
    const { alice, bob } = setUp();
    bob.link(alice, LINK);
    assert.ok(isClosed(alice.give({ type: 'command', ref: 900, command: { type: doing, user: 'bob' } }), LINK), doing);
  }
});

test('[LINK-3] the dialler lets in only a device of the user it dialled', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  const mallory = new FakePeer('mallory', testbed);
  let dial = 0;
  testbed.passes = (client, effect) => {
    if (client === alice && effect.type === 'dial') dial = effect.dial;
    return effect.type !== 'dial';
  };
  alice.command({ type: 'connect', user: 'bob' });
  testbed.settle();
  assert.notEqual(dial, 0);
  const exported = new Uint8Array(LIMITS.linkKeyingBytes);
  alice.give({ type: 'link_opened', link: LINK, dial, peerKey: mallory.device, from: mallory.at, exported });
  const record = mallory.record(9, mallory.device, 'bob');
  const said = { record, port: 1, seen: null, heard: null, features: [] };
  const effects = mallory.say(alice, LINK, { type: 'welcome', version: LINK_VERSION, ...said });
  assert.ok(isClosed(effects, LINK));
  assert.ok(!isOpen(alice, LINK));
  assert.deepEqual(alice.told('warning'), []);
  assert.ok(bob);
});

test('[LINK-4] a greeting that lasts 5 s is over', () => {
  const { testbed, alice, bob } = setUp();
  bob.dial(alice, LINK);
  const closed: number[] = [];
  testbed.passes = (_, effect) => {
    if (effect.type === 'link_close') closed.push(testbed.now);
    return true;
  };
  const since = testbed.now;
  testbed.pass(30_000);
  assert.deepEqual(
    closed.map((at) => at - since),
    [5_000],
  );
  assert.deepEqual(framesOn(bob.say(alice, LINK, bob.hello()), LINK), []);
});

test('[LINK-5] a frame type that starts with x- is ignored', () => {
  const { alice, bob } = setUp();
  bob.link(alice, LINK);
  assert.deepEqual(bob.say(alice, LINK, { type: 'x-anything', more: [1] }), []);
  assert.ok(isOpen(alice, LINK));
});

const MALFORMED = [
  undefined,
  null,
  7,
  'x',
  [],
  {},
  { type: 7 },
  { type: 'dance' },
  { type: 'hello' },
  { type: 'message' },
  { type: 'ack', ids: [] },
  { type: 'read' },
  { type: '__proto__' },
];

for (const frame of MALFORMED) {
  test(`[LINK-5] ${JSON.stringify(frame)} is refused and ends the link`, () => {
    const { alice, bob } = setUp();
    bob.link(alice, LINK);
    const effects = bob.say(alice, LINK, frame);
    assert.equal(framesOn(effects, LINK)[0]?.type, 'refuse');
    assert.ok(isClosed(effects, LINK));
    assert.deepEqual(bob.say(alice, LINK, { type: 'ping' }), []);
  });
}

/** Two links with one friend, dialled by alice and by bob, each opened by the one side and the other in this order. */
function bothDial(order: 'hers first' | 'his first'): [Client, Client] {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.command({ type: 'connect', user: 'bob' });
  testbed.settle();
  testbed.network.cut(alice);
  const [first, second] = order === 'hers first' ? [alice, bob] : [bob, alice];
  first.command({ type: 'say', user: second.name, text: `${first.name} dialled` });
  second.command({ type: 'say', user: first.name, text: `${second.name} dialled` });
  testbed.pass(8_000);
  return [alice, bob];
}

test('[LINK-6] both dial at once: one link stays, the same at both ends, and nothing is lost or doubled', () => {
  for (const order of ['hers first', 'his first'] as const) {
    const [alice, bob] = bothDial(order);
    assert.deepEqual(bob.texts('alice').sort(), ['alice dialled', 'bob dialled']);
    assert.deepEqual(alice.texts('bob').sort(), ['alice dialled', 'bob dialled']);
    assert.deepEqual(alice.states('bob'), { 'alice dialled': 'delivered' });
  }
});

test('[LINK-6] of two links by the same dialler the newer stays', () => {
  const { alice, bob } = setUp();
  bob.link(alice, LINK);
  assert.ok(isClosed(bob.link(alice, LINK + 1), LINK));
  assert.ok(isOpen(alice, LINK + 1));
});

test('[LINK-6] the end of a link that was replaced is not the end of the other', () => {
  const { alice, bob } = setUp();
  bob.link(alice, LINK);
  bob.link(alice, LINK + 1);
  alice.give({ type: 'link_closed', link: LINK, reason: 'late' });
  assert.ok(isOpen(alice, LINK + 1));
});

test('[LINK-7] after 20 s of silence a ping, after 60 s the end', () => {
  const { testbed, alice, bob } = setUp();
  bob.link(alice, LINK);
  const seen: [number, string][] = [];
  const since = testbed.now;
  testbed.passes = (_, effect) => {
    if (effect.type === 'link_send') seen.push([testbed.now - since, (effect.frame as { type: string }).type]);
    if (effect.type === 'link_close') seen.push([testbed.now - since, 'closed']);
    return true;
  };
  testbed.pass(70_000);
  assert.deepEqual(seen, [
    [20_000, 'ping'],
    [40_000, 'ping'],
    [60_000, 'closed'],
  ]);
});

test('[LINK-7] a ping is answered, and any word counts as life', () => {
  const { testbed, alice, bob } = setUp();
  bob.link(alice, LINK);
  for (let k = 0; k < 10; k += 1) {
    testbed.pass(15_000);
    assert.deepEqual(
      framesOn(bob.say(alice, LINK, { type: 'ping' }), LINK).map(({ type }) => type),
      ['pong'],
    );
  }
  assert.ok(isOpen(alice, LINK));
});

test('[LINK-10] a user who went offline accepts no link and ends those that stand', () => {
  const { alice, bob } = setUp();
  bob.link(alice, LINK);
  const effects = alice.give({ type: 'command', ref: 900, command: { type: 'offline' } });
  assert.ok(isClosed(effects, LINK));
  bob.dial(alice, LINK + 1);
  const knock = bob.say(alice, LINK + 1, bob.hello());
  assert.deepEqual(framesOn(knock, LINK + 1), []);
  assert.ok(isClosed(knock, LINK + 1));
});

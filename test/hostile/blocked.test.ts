// A blocked user tries everything that a client could answer, and compares: a block, a user who is offline, and a
// client that has never heard of it must look the same, in what comes back and in when it comes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Effect } from '../../client/engine/core/io.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { LINK_VERSION } from '../../protocols/links/messages.js';
import type { LetterKind } from '../../protocols/letters/messages.js';
import { fakeKey } from '../sim/kernel/fake-primitives.js';
import { FakePeer } from '../client/engine/harness/fake-peer.js';
import type { Client } from '../client/engine/harness/test-client.js';
import { Testbed } from '../client/engine/harness/testbed.js';

const LINK = 901;
const WATCHED_MS = 120_000;

interface World {
  readonly testbed: Testbed;
  readonly alice: Client;
  readonly bob: FakePeer;
}

type Attempt = (world: World) => void;

/** What bob sees of an effect of alice, or null. */
function visible(effect: Effect): string | null {
  switch (effect.type) {
    case 'link_send':
      return `frame ${JSON.stringify(effect.frame)}`;
    case 'link_close':
    case 'knock_admit':
    case 'post_serve':
    case 'post_refuse':
    case 'datagram':
    case 'dial':
      return effect.type;
    case 'session_send':
      if (effect.frame.type === 'done') return effect.frame.unopened ? 'notice' : null;
      return effect.frame.type === 'letter' && effect.frame.to === 'bob' ? 'letter' : null;
    default:
      return null;
  }
}

/** Alice and bob are friends with a link, for quick messages, and with a post of alice. */
function befriended(): World {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  bob.link(alice, LINK - 1);
  alice.do({ type: 'post_text', text: 'for friends' });
  testbed.settle();
  return { testbed, alice, bob };
}

function blocked(): World {
  const world = befriended();
  world.alice.do({ type: 'block', user: 'bob' });
  world.testbed.pass(1_000);
  return world;
}

function offline(): World {
  const world = befriended();
  world.alice.do({ type: 'offline' });
  world.testbed.pass(1_000);
  return world;
}

function stranger(): World {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.register();
  testbed.pass(1_000);
  return { testbed, alice, bob };
}

/** What bob sees after an attempt, and after how many ms. */
function seen(world: World, attempt: Attempt): string[] {
  const { testbed, alice } = world;
  const since = testbed.now;
  const found: string[] = [];
  testbed.passes = (client, effect) => {
    const what = client === alice ? visible(effect) : null;
    if (what !== null) found.push(`${testbed.now - since} ms: ${what}`);
    return true;
  };
  attempt(world);
  testbed.pass(WATCHED_MS);
  return found;
}

const greet =
  (frame: (bob: FakePeer, alice: Client) => unknown): Attempt =>
  ({ alice, bob }) => {
    bob.dial(alice, LINK);
    bob.say(alice, LINK, frame(bob, alice));
  };

/** What any stranger with an address of alice can try. */
const CONNECTIONS: Record<string, Attempt> = {
  'a connection that stays silent': ({ alice, bob }) => void bob.dial(alice, LINK),
  'a hello': greet((bob) => bob.hello()),
  'a hello of another version': greet((bob) => bob.hello({ versions: [LINK_VERSION + 1] })),
  'a hello that claims to have more of our messages': greet((bob, alice) =>
    bob.hello({ seen: bob.lostMessage(alice, 9), heard: bob.acknowledgedBy(alice, 9) }),
  ),
  'a hello with a newer record': greet((bob) => bob.hello({ record: bob.record(2) })),
  'something malformed': greet(() => ({ type: 'hello', versions: 'none' })),
  'a message without a hello': ({ alice, bob }) => {
    bob.dial(alice, LINK);
    bob.say(alice, LINK, { type: 'message', ...bob.message(alice) });
  },
  'a knock for a link': ({ alice, bob }) => void bob.knock(alice, 'link'),
  'a knock for a link with a newer record': ({ alice, bob }) =>
    void bob.knock(alice, 'link', { device: bob.device, record: bob.record(2) }),
  'a knock for posts': ({ alice, bob }) => void bob.knock(alice, 'posts'),
  'a certificate for posts': ({ alice, bob }) => {
    alice.give({ type: 'knocked', knock: 1, purpose: 'posts', device: bob.device, record: null });
  },
  'a quick message under the keys of the last link': ({ alice, bob }) => {
    alice.give({ type: 'datagram', from: bob.at, bytes: bob.quick(LINK - 1).seal(bob.words('hi')) });
  },
};

for (const [name, attempt] of Object.entries(CONNECTIONS)) {
  test(`[LINK-2] [FRIEND-4] ${name}: a block looks like absence, and like a stranger`, () => {
    const answers = [blocked, offline, stranger].map((world) => seen(world(), attempt));
    assert.deepEqual(answers, [answers[0], answers[0], answers[0]]);
    const isFrame = (line: string) => line.includes('frame') || line.includes('admit') || line.includes('datagram');
    assert.ok(!answers[0]?.some(isFrame));
  });
}

const friendship = { epoch: 1, note: '' };

/** The body of a letter of each kind that a friend writes. */
const LETTERS: Partial<Record<LetterKind, (world: World) => unknown>> = {
  message: ({ alice, bob }) => ({ epoch: 1, heard: null, messages: [bob.message(alice)] }),
  receipt: ({ alice, bob }) => {
    const { conversation } = bob.message(alice);
    return { conversation, device: alice.device, ids: [], seen: null, heard: null };
  },
  read: ({ alice, bob }) => ({ conversation: bob.message(alice).conversation, device: alice.device, upTo: 1 }),
  offer: ({ bob }) => ({ nonce: bob.device, endpoints: [bob.at] }),
  answer: ({ bob }) => ({ nonce: bob.device, endpoints: [bob.at] }),
  refill_wanted: ({ alice, bob }) => {
    const { conversation } = bob.message(alice);
    return { type: 'refill_wanted', conversation, nonce: 'A'.repeat(22), have: [] };
  },
  friend_request: ({ bob }) => ({ record: bob.record(), ...friendship }),
  friend_answer: ({ bob }) => ({ record: bob.record(), epoch: 1, accepted: true }),
  bye: () => ({ epoch: 2 }),
};

for (const [kind, body] of Object.entries(LETTERS)) {
  test(`[FRIEND-4] a letter of a blocked user of kind ${kind} has no effect that it can see`, () => {
    const attempt: Attempt = (world) => void world.bob.write(world.alice, kind as LetterKind, body(world));
    assert.deepEqual(seen(blocked(), attempt), []);
  });
}

test('[FRIEND-4] the same letters of a friend are answered, so the tests above can fail', () => {
  const answered = ['message', 'offer', 'refill_wanted'] as const;
  for (const kind of answered) {
    const attempt: Attempt = (world) => void world.bob.write(world.alice, kind, LETTERS[kind]?.(world));
    assert.notDeepEqual(seen(befriended(), attempt), [], kind);
  }
  for (const name of [
    'a hello',
    'a knock for a link',
    'a knock for posts',
    'a certificate for posts',
    'a quick message under the keys of the last link',
  ]) {
    const attempt = CONNECTIONS[name];
    assert.ok(attempt && seen(befriended(), attempt).some((line) => !line.endsWith('close')), name);
  }
});

test('[FRIEND-4] what is no letter brings a blocked user nothing', () => {
  const attempt: Attempt = ({ alice, bob }) => void bob.deliver(alice, 'bm90IHNlYWxlZA');
  assert.deepEqual(seen(blocked(), attempt), []);
});

test('[LETTER-26] the notice of a letter that does not open depends on keys alone: a block does not show in it', () => {
  const lost = fakeKey('a key that alice has lost').publicKey;
  const attempt: Attempt = ({ alice, bob }) => void bob.deliver(alice, bob.seal(alice, 'x', bob.device, lost));
  assert.deepEqual(seen(blocked(), attempt), ['0 ms: notice']);
  assert.deepEqual(seen(stranger(), attempt), ['0 ms: notice']);
});

test('[CHAT-16] what a blocked user wrote before is not reported as read after the block', () => {
  const readAfter = (block: (alice: Client) => void): string[] => {
    const { testbed, alice, bob } = befriended();
    bob.write(alice, 'message', { epoch: 1, heard: null, messages: [bob.message(alice)] });
    testbed.pass(1_000);
    block(alice);
    testbed.pass(1_000);
    const page = { limit: LIMITS.historyPage, before: null };
    return seen({ testbed, alice, bob }, () => void alice.do({ type: 'history', user: 'bob', ...page }));
  };
  assert.deepEqual(
    readAfter((alice) => alice.do({ type: 'block', user: 'bob' })),
    [],
  );
  assert.notDeepEqual(
    readAfter(() => undefined),
    [],
  );
});

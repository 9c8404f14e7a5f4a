// Who gets which bytes, and who is not even let in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Signed } from '../../../../protocols/kit/signed.js';
import { signObject } from '../../../../protocols/kit/signed.js';
import { signGrant } from '../../../../protocols/posts/grant.js';
import type { Effect, Input } from '../../../../client/engine/core/io.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { manifest } from '../../../protocols/posts/samples.js';
import type { Client } from '../harness/test-client.js';
import { FakePeer, NO_PROOF } from '../harness/fake-peer.js';
import { Testbed } from '../harness/testbed.js';

const NOBODY = fakeKey('nobody').publicKey;
let lastNumber = 0;

function ask(client: Client, peerKey: string, id: string, grant: Signed | null = null): Effect | undefined {
  lastNumber += 1;
  const asked: Input = { type: 'post_asked', request: lastNumber, peerKey, id, grant };
  return client.give(asked).find((effect) => effect.type === 'post_serve' || effect.type === 'post_refuse');
}

function answerTo(...given: Parameters<typeof ask>): string {
  const effect = ask(...given);
  if (effect?.type === 'post_refuse') return effect.refusal.code;
  return effect?.type === 'post_serve' ? `serves ${effect.post.bytes.at}` : 'nothing';
}

function upload(client: Client, isReshared = false): string {
  const command = { type: 'post_upload', path: 'lake.png', title: null, isReshared } as const;
  const before = client.told('post').length;
  assert.equal(before, client.told('post').length);
  const [ref] = client.command(command);
  const id = pending.get(client) ?? '';
  client.give({
    type: 'post_copied',
    id,
    file: { size: 7, sha256: manifest().sha256, type: 'image/png', name: 'lake.png' },
  });
  assert.ok(client.answer(ref)?.ok);
  return id;
}

/** The copies that were asked for last. */
const pending = new Map<Client, string>();

function townOfFriends(): { testbed: Testbed; alice: Client; bob: Client } {
  const testbed = new Testbed();
  testbed.passes = (client, effect) => {
    if (effect.type === 'post_copy') pending.set(client, effect.id);
    return true;
  };
  const [alice, bob] = testbed.friends();
  return { testbed, alice, bob };
}

test('[POST-16] the device of a friend is admitted, every other device is not', () => {
  const { alice, bob } = townOfFriends();
  const admission = (device: string): string | undefined =>
    alice
      .give({ type: 'knocked', knock: 1, purpose: 'posts', device, record: null })
      .find(({ type: kind }) => kind.startsWith('knock_'))?.type;
  assert.equal(admission(bob.device), 'knock_admit');
  assert.equal(admission(NOBODY), 'knock_ignore');
  alice.do({ type: 'block', user: 'bob' });
  assert.equal(admission(bob.device), 'knock_ignore');
  alice.do({ type: 'unblock', user: 'bob' });
  assert.equal(admission(bob.device), 'knock_admit');
  alice.command({ type: 'offline' });
  assert.equal(admission(bob.device), 'knock_ignore');
});

test('[POST-16] a peer that had access is checked again at every request', () => {
  const { alice, bob } = townOfFriends();
  const id = upload(alice);
  assert.equal(answerTo(alice, bob.device, id), 'serves posts');
  alice.do({ type: 'remove', user: 'bob' });
  assert.equal(answerTo(alice, bob.device, id), 'POST_UNKNOWN');
});

test('[POST-16] a transfer to a former friend is cut off; so is every transfer when the user goes offline', () => {
  for (const command of [{ type: 'remove', user: 'bob' }, { type: 'offline' }] as const) {
    const { alice, bob } = townOfFriends();
    const served = ask(alice, bob.device, upload(alice));
    assert.ok(served?.type === 'post_serve');
    const effects = alice.give({ type: 'command', ref: 78, command });
    assert.deepEqual(
      effects.filter(({ type: kind }) => kind === 'post_stop'),
      [{ type: 'post_stop', request: served.request }],
    );
  }
});

test('[POST-18] four at a time for a friend; one that is over makes room', () => {
  const { alice, bob } = townOfFriends();
  const id = upload(alice);
  const first = ask(alice, bob.device, id);
  for (let k = 1; k < LIMITS.postReadsPerFriend; k += 1) assert.equal(answerTo(alice, bob.device, id), 'serves posts');
  assert.equal(answerTo(alice, bob.device, id), 'TOO_MANY');
  assert.ok(first?.type === 'post_serve');
  alice.give({ type: 'post_served', request: first.request });
  assert.equal(answerTo(alice, bob.device, id), 'serves posts');
});

test('[POST-3] a removed post is not served, and its copy is let go of', () => {
  const { alice, bob } = townOfFriends();
  const id = upload(alice);
  const effects = alice.give({ type: 'command', ref: 77, command: { type: 'post_remove', id } });
  assert.ok(effects.some((effect) => effect.type === 'post_discard' && effect.id === id));
  assert.equal(answerTo(alice, bob.device, id), 'POST_UNKNOWN');
});

test('[POST-7] a text is served from the manifest', () => {
  const { alice, bob } = townOfFriends();
  const { post } = alice.do({ type: 'post_text', text: 'hello' });
  assert.equal(answerTo(alice, bob.device, post), 'serves text');
});

test('[POST-19] a file that is missing is told to its owner once', () => {
  const { alice, bob } = townOfFriends();
  const id = upload(alice);
  for (let k = 0; k < 3; k += 1) alice.give({ type: 'post_missing', post: { author: 'alice', id } });
  assert.deepEqual(
    alice.told('warning').map(({ code }) => code),
    ['POST_DAMAGED'],
  );
  assert.equal(answerTo(alice, bob.device, id), 'serves posts', 'it may come back');
});

/** Alice has fetched a post of dave's; bob is a friend of both, or says so. */
function passingOn(isReshared: boolean): { testbed: Testbed; alice: Client; bob: Client; dave: FakePeer; id: string } {
  const { testbed, alice, bob } = townOfFriends();
  const dave = new FakePeer('dave', testbed);
  dave.befriend(alice);
  dave.link(alice, 900);
  const about = manifest({ author: 'dave', device: dave.device, isReshared });
  const item = signObject('post', about, dave.deviceKey, fakePrimitives);
  dave.say(alice, 900, { type: 'posts', after: 0, upTo: 1, items: [item], more: false, proof: NO_PROOF });
  const { id } = about;
  alice.command({ type: 'post_get', user: 'dave', id, to: null, force: false });
  const fetch = [...Array(50).keys()].find((number) =>
    alice.give({ type: 'fetch_done', fetch: number }).some(({ type: kind }) => kind === 'post_place'),
  );
  assert.ok(fetch !== undefined, 'a fetch was under way');
  alice.give({ type: 'post_placed', post: { author: 'dave', id }, path: 'here', stamp: 's' });
  return { testbed, alice, bob, dave, id };
}

const grantFor = (friend: Client, { dave, testbed }: { dave: FakePeer; testbed: Testbed }): Signed =>
  signGrant(
    { author: 'dave', friend: { name: friend.name, key: friend.me.identity.publicKey }, now: testbed.now },
    dave.deviceKey,
    fakePrimitives,
  );

test('[POST-30] what a friend posted is passed on to those who show that they are the author’s friends', () => {
  const { alice, bob, id, ...rest } = passingOn(true);
  assert.equal(answerTo(alice, bob.device, id, grantFor(bob, rest)), 'serves path');
});

test('[POST-30] without a grant, with another’s, or an old one nothing is passed on', () => {
  const { alice, bob, id, testbed, dave } = passingOn(true);
  assert.equal(answerTo(alice, bob.device, id), 'POST_UNKNOWN');
  assert.equal(answerTo(alice, bob.device, id, grantFor(alice, { testbed, dave })), 'POST_UNKNOWN');
  const grant = grantFor(bob, { testbed, dave });
  assert.equal(answerTo(alice, NOBODY, id, grant), 'POST_UNKNOWN');
  testbed.pass(LIMITS.postGrantMs + 1_000);
  assert.equal(answerTo(alice, bob.device, id, grant), 'POST_UNKNOWN');
});

test('[POST-28] an old grant stays invalid if the name server lies about the date', () => {
  const { alice, bob, id, testbed, dave } = passingOn(true);
  const grant = grantFor(bob, { testbed, dave });
  const answerAt = (aheadMs: number): string => {
    alice.command({ type: 'offline' });
    testbed.settle();
    alice.clockAheadMs = aheadMs; // the server still says the date of before
    alice.command({ type: 'online', acceptServer: false });
    testbed.settle();
    return answerTo(alice, bob.device, id, grant);
  };
  assert.equal(answerAt(LIMITS.postGrantMs + LIMITS.postGrantClockMs / 2), 'serves path');
  assert.equal(answerAt(LIMITS.postGrantMs + 2 * LIMITS.postGrantClockMs), 'POST_UNKNOWN');
});

test('[POST-30] what its author did not mark is not passed on, grant or none', () => {
  const { alice, bob, id, ...rest } = passingOn(false);
  assert.equal(answerTo(alice, bob.device, id, grantFor(bob, rest)), 'POST_UNKNOWN');
});

test('[POST-30] a file that was touched since is not passed on', () => {
  const { alice, bob, id, ...rest } = passingOn(true);
  alice.give({ type: 'post_missing', post: { author: 'dave', id } });
  assert.equal(answerTo(alice, bob.device, id, grantFor(bob, rest)), 'POST_UNKNOWN');
});

test('[POST-29] who has the bytes says so; who has not, or may not, says nothing', () => {
  for (const isReshared of [true, false]) {
    const { testbed, alice, id } = passingOn(isReshared);
    const erin = new FakePeer('erin', testbed);
    erin.befriend(alice);
    erin.link(alice, 901);
    const said = erin.say(alice, 901, { type: 'post_wanted', id });
    const answers = said.filter((effect) => effect.type === 'link_send' && 'id' in effect.frame);
    assert.equal(answers.length, isReshared ? 1 : 0);
    assert.deepEqual(
      erin
        .say(alice, 901, { type: 'post_wanted', id: 'BBBBBBBBBBBBBBBBBBBBBA' })
        .filter(({ type: kind }) => kind === 'link_send'),
      [],
    );
  }
});

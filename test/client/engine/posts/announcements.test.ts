// What an author posts reaches every friend: over links, by letter, after restarts; and what friends make of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Signed } from '../../../../protocols/kit/signed.js';
import { signObject } from '../../../../protocols/kit/signed.js';
import type { Client } from '../harness/test-client.js';
import { FakePeer, NO_PROOF, proofsOf } from '../harness/fake-peer.js';
import { framesOn, isClosed } from '../harness/fake-peer.js';
import { Testbed } from '../harness/testbed.js';
import { fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { manifest } from '../../../protocols/posts/samples.js';

const write = (client: Client, text: string): string => client.do({ type: 'post_text', text }).post;
const texts = (client: Client, user: string): (string | null)[] =>
  client.do({ type: 'post_list', user, limit: 1_000, before: null }).posts.map(({ text }) => text);

const OTHER_PROOF = `${'P'.repeat(21)}Q`;

test('[POST-8] a post reaches a friend who is there, and is told once', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  const post = write(alice, 'hello');
  testbed.pass(1_000);
  assert.deepEqual(
    bob.told('post').map((event) => [event.from, event.post, event.text]),
    [['alice', post, 'hello']],
  );
  testbed.network.cut(alice);
  testbed.pass(120_000);
  assert.equal(bob.told('post').length, 1);
});

test('[POST-9] many posts come in pages of 64, in order', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  let pages = 0;
  testbed.passes = (client, effect) => {
    if (client === alice && effect.type === 'link_send' && 'items' in effect.frame) pages += 1;
    return true;
  };
  alice.command(...Array.from({ length: 150 }, (_, nth) => ({ type: 'post_text' as const, text: `post ${nth}` })));
  testbed.pass(1_000);
  assert.equal(bob.told('post').length, 150);
  assert.deepEqual(
    bob.told('post').map(({ text }) => text),
    Array.from({ length: 150 }, (_, nth) => `post ${nth}`),
  );
  assert.ok(pages <= 5, `${pages} pages`);
});

test('[POST-9] who asks for pages without end gets them at a pace, and the one asked for last', () => {
  const { testbed, alice, dave } = withDave();
  for (let nth = 0; nth < 3; nth += 1) write(alice, `post ${nth}`);
  testbed.pass(1_000);
  const pages: unknown[] = [];
  testbed.passes = (client, effect) => {
    if (client === alice && effect.type === 'link_send' && 'items' in effect.frame) pages.push(effect.frame);
    return true;
  };
  const asked = 3 * LIMITS.postPagesBurst;
  for (let k = 0; k < asked; k += 1) dave.say(alice, 900, { type: 'posts_wanted', after: k % 3, proof: null });
  testbed.settle();
  assert.ok(pages.length <= LIMITS.postPagesBurst, `${pages.length} pages at once`);
  testbed.pass(1_000);
  assert.ok(pages.length <= LIMITS.postPagesBurst + 1, `${pages.length} pages after a second`);
  assert.deepEqual((pages.at(-1) as { after: number }).after, (asked - 1) % 3);
});

test('[POST-10] a reader who crashes goes on where the disk is', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  write(alice, 'one');
  testbed.pass(1_000);
  testbed.restart(bob);
  write(alice, 'two');
  bob.command({ type: 'online', acceptServer: false });
  testbed.pass(60_000);
  assert.deepEqual(texts(bob, 'alice'), ['two', 'one']);
  assert.equal(bob.told('post').length, 2);
});

test('[POST-13] a friend who is offline gets a letter at once, the next after a minute', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  bob.command({ type: 'offline' });
  testbed.settle();
  const letters = (): number => testbed.server.mail.length;
  write(alice, 'one');
  testbed.settle();
  assert.equal(letters(), 1);
  write(alice, 'two');
  write(alice, 'three');
  testbed.pass(LIMITS.postLetterFirstMs - 2_000);
  assert.equal(letters(), 1);
  testbed.pass(4_000);
  assert.equal(letters(), 2);
  alice.command({ type: 'offline' });
  testbed.settle();
  bob.command({ type: 'online', acceptServer: false });
  testbed.pass(1_000);
  assert.deepEqual(texts(bob, 'alice'), ['three', 'two', 'one']);
});

test('[POST-13] a letter holds the newest 64; the older come over the next link', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  bob.command({ type: 'offline' });
  testbed.settle();
  alice.command(...Array.from({ length: 100 }, (_, nth) => ({ type: 'post_text' as const, text: `post ${nth}` })));
  testbed.settle();
  testbed.network.takesDials = false;
  bob.command({ type: 'online', acceptServer: false });
  testbed.pass(1_000);
  assert.equal(texts(bob, 'alice').length, 64);
  assert.equal(texts(bob, 'alice')[0], 'post 99');
  testbed.network.takesDials = true;
  testbed.pass(120_000);
  assert.equal(texts(bob, 'alice').length, 100);
});

test('[POST-14] what is older than the friendship is listed, and no news', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.online('alice', 'bob') as [Client, Client];
  write(alice, 'old');
  testbed.pass(60 * 60_000);
  testbed.befriend(alice, bob);
  const post = write(alice, 'new');
  testbed.pass(60_000);
  assert.deepEqual(texts(bob, 'alice'), ['new', 'old']);
  assert.deepEqual(
    bob.told('post').map((event) => event.post),
    [post],
  );
});

test('[POST-3] [POST-8] a removal travels as the post did', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  const post = write(alice, 'hello');
  testbed.pass(1_000);
  alice.do({ type: 'post_remove', id: post });
  testbed.pass(1_000);
  assert.deepEqual(texts(bob, 'alice'), []);
  assert.equal(bob.told('post_removed')[0]?.post, post);
  assert.equal(alice.refusal({ type: 'post_remove', id: post }), 'POST_UNKNOWN');
});

test('[POST-15] a friendship that ends takes the posts along; a new one brings them back', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  write(alice, 'hello');
  testbed.pass(1_000);
  bob.do({ type: 'remove', user: 'alice' });
  testbed.settle();
  assert.deepEqual(bob.do({ type: 'feed', limit: 9, before: null }).posts, []);
  assert.equal(bob.refusal({ type: 'post_list', user: 'alice', limit: 9, before: null }), 'NOT_FRIENDS');
  testbed.befriend(alice, bob);
  testbed.pass(60_000);
  assert.deepEqual(texts(bob, 'alice'), ['hello']);
});

test('[POST-12] an old copy of the author’s data: what it has lost goes, what it has stays', () => {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  write(alice, 'kept');
  testbed.pass(1_000);
  const moment = alice.moment();
  const lost = write(alice, 'lost');
  testbed.pass(1_000);
  assert.deepEqual(texts(bob, 'alice'), ['lost', 'kept']);
  for (let k = 0; k < 3; k += 1) {
    testbed.restart(alice);
    alice.command({ type: 'online', acceptServer: false });
    testbed.pass(1_000);
  }
  testbed.putBack(alice, moment);
  testbed.pass(600_000);
  assert.deepEqual(texts(bob, 'alice'), ['kept']);
  write(alice, 'later');
  testbed.pass(120_000);
  assert.deepEqual(texts(bob, 'alice'), ['later', 'kept']);
  assert.equal(bob.told('post_removed')[0]?.post, lost);
  assert.equal(bob.told('post').filter(({ text }) => text === 'kept').length, 1);
});

/** Dave is a friend of alice whose every frame is written by hand. */
function withDave(): { testbed: Testbed; alice: Client; dave: FakePeer; item: (changes?: object) => Signed } {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const dave = new FakePeer('dave', testbed);
  dave.befriend(alice);
  dave.link(alice, 900);
  const about = { author: 'dave', device: dave.device };
  const item = (changes = {}): Signed =>
    signObject('post', manifest({ ...about, ...changes }), dave.deviceKey, fakePrimitives);
  return { testbed, alice, dave, item };
}

test('[POST-2] another manifest under the same id changes nothing', () => {
  const { alice, dave, item } = withDave();
  dave.say(alice, 900, {
    type: 'posts',
    after: 0,
    upTo: 1,
    items: [item({ title: 'first' })],
    more: false,
    proof: NO_PROOF,
  });
  dave.say(alice, 900, {
    type: 'posts',
    after: 1,
    upTo: 2,
    items: [item({ title: 'second' })],
    more: false,
    proof: NO_PROOF,
  });
  const listed = alice.do({ type: 'post_list', user: 'dave', limit: 9, before: null }).posts;
  assert.deepEqual(
    listed.map(({ title }) => title),
    ['first'],
  );
});

test('[POST-14] a post of the far future was posted when it came', () => {
  const { testbed, alice, dave, item } = withDave();
  const at = LIMITS.timeMax;
  dave.say(alice, 900, { type: 'posts', after: 0, upTo: 1, items: [item({ at })], more: false, proof: NO_PROOF });
  const [post] = alice.do({ type: 'feed', limit: 9, before: null }).posts;
  assert.equal(post?.at, new Date(testbed.now).toISOString());
});

test('[POST-1] [POST-9] a page with anything false in it ends the link, and nothing of it is kept', () => {
  const pages = (item: (changes?: object) => Signed): object[] => [
    {
      after: 0,
      upTo: 1,
      items: [{ ...item(), payload: item().payload.replace('lake', 'sea') }],
      more: false,
      proof: NO_PROOF,
    },
    { after: 0, upTo: 2, items: [item(), item({ author: 'bob' })], more: false, proof: NO_PROOF },
    { after: 3, upTo: 1, items: [], more: false, proof: NO_PROOF },
    { after: 0, upTo: 1, items: [item({ name: '../x' })], more: false, proof: NO_PROOF },
    { after: 0, upTo: 1, items: [item(), item()], more: false, proof: NO_PROOF },
    { after: 0, upTo: 1, items: 'all', more: false, proof: NO_PROOF },
  ];
  for (let nth = 0; nth < 6; nth += 1) {
    const { alice, dave, item } = withDave();
    const effects = dave.say(alice, 900, { type: 'posts', ...pages(item)[nth] });
    assert.ok(isClosed(effects, 900), `page ${nth}`);
    assert.equal(framesOn(effects, 900).at(-1)?.code, 'MALFORMED');
    assert.deepEqual(alice.do({ type: 'feed', limit: 9, before: null }).posts, []);
  }
});

test('[POST-11] a friend who is further than we are, and can prove it, shows that our data is old', () => {
  const { testbed, alice, dave } = withDave();
  const proof = proofsOf(alice).ofCatalogue(alice.device, 5);
  dave.say(alice, 900, { type: 'posts_wanted', after: 5, proof });
  testbed.settle();
  assert.equal(alice.told('warning')[0]?.code, 'RENEWED');
});

test('[POST-11] a friend who only says to be further than we are changes nothing', () => {
  const { testbed, alice, dave } = withDave();
  const four = proofsOf(alice).ofCatalogue(alice.device, 4);
  for (const proof of [null, NO_PROOF, four]) dave.say(alice, 900, { type: 'posts_wanted', after: 5, proof });
  testbed.settle();
  assert.deepEqual(alice.told('warning'), []);
});

test('[POST-11] each page carries a proof for its last change, and the reader gives it back', () => {
  const { alice, dave, item } = withDave();
  write(alice, 'one');
  const [page] = framesOn(dave.say(alice, 900, { type: 'posts_wanted', after: 0, proof: null }), 900);
  assert.equal((page as { proof?: string }).proof, proofsOf(alice).ofCatalogue(alice.device, 1));
  const posts = { type: 'posts', after: 0, upTo: 1, items: [item()], more: false, proof: OTHER_PROOF };
  const wanted = framesOn(dave.say(alice, 900, posts), 900).find(({ type }) => type === 'posts_wanted');
  assert.deepEqual(wanted, { type: 'posts_wanted', after: 1, proof: OTHER_PROOF });
});

test('[POST-28] pages bring a grant, once for a link of many pages', () => {
  const { alice, dave } = withDave();
  const grants = (effects: ReturnType<FakePeer['say']>): number =>
    framesOn(effects, 900).filter((frame) => 'grant' in frame).length;
  assert.equal(grants(dave.say(alice, 900, { type: 'posts_wanted', after: 0, proof: null })), 1);
  write(alice, 'one');
  assert.equal(grants(dave.say(alice, 900, { type: 'posts_wanted', after: 0, proof: null })), 0);
});

// Downloads: asked for, queued, gone on with after a restart, told about, ended.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Effect } from '../../../../client/engine/core/io.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';

type Fetch = Extract<Effect, { type: 'fetch' }>;

/** Alice has posted so many texts; bob knows of them. `fetches`: what bob has begun to fetch, in order. */
function setUp(posts: number): { testbed: Testbed; alice: Client; bob: Client; ids: string[]; effects: Effect[] } {
  const testbed = new Testbed();
  const effects: Effect[] = [];
  testbed.passes = (client, effect) => {
    if (client.name === 'bob') effects.push(effect);
    return true;
  };
  const [alice, bob] = testbed.friends();
  const ids = Array.from({ length: posts }, (_, nth) => alice.do({ type: 'post_text', text: `post ${nth}` }).post);
  testbed.pass(1_000);
  return { testbed, alice, bob, ids, effects };
}

const fetches = (effects: readonly Effect[]): Fetch[] =>
  effects.filter((effect): effect is Fetch => effect.type === 'fetch');
const get = (id: string, to: string | null = null) =>
  ({ type: 'post_get', user: 'alice', id, to, force: false }) as const;

function finish(bob: Client, { fetch, post }: Fetch): void {
  bob.give({ type: 'fetch_done', fetch });
  const { author, id } = post;
  bob.give({ type: 'post_placed', post: { author, id }, path: `got ${id}`, stamp: 's' });
}

test('[POST-20] four downloads from one author are under way, the fifth waits for its turn', () => {
  const { bob, ids, effects } = setUp(6);
  const refs = bob.command(...ids.map((id) => get(id)));
  assert.equal(fetches(effects).length, LIMITS.postDownloadsPerAuthor);
  const [first] = fetches(effects);
  assert.ok(first);
  finish(bob, first);
  assert.equal(fetches(effects).length, LIMITS.postDownloadsPerAuthor + 1);
  const answer = bob.answer(refs[0]);
  assert.ok(answer?.ok && 'path' in answer.data);
  assert.equal(answer.data.path, `got ${ids[0]}`);
  assert.equal(bob.told('post_done')[0]?.post, ids[0]);
});

test('[POST-26] a download says where nothing may be, and a post of our own is not fetched', () => {
  const { alice, bob, ids, effects } = setUp(3);
  bob.command(get(ids[0] ?? '', '/tmp/film'), { ...get(ids[1] ?? '', '/tmp/two'), force: true }, get(ids[2] ?? ''));
  assert.deepEqual(
    fetches(effects).map(({ target }) => target),
    [{ path: '/tmp/film', force: false }, { path: '/tmp/two', force: true }, null],
  );
  const [ref] = alice.command(get(ids[0] ?? ''));
  const answer = alice.answer(ref);
  assert.ok(answer?.ok === false && answer.refusal.code === 'SELF');
});

test('[POST-26] what was placed is kept twice until it is written down', () => {
  const { bob, ids, effects } = setUp(1);
  bob.command(get(ids[0] ?? ''));
  const [first] = fetches(effects);
  assert.ok(first);
  bob.give({ type: 'fetch_done', fetch: first.fetch });
  assert.ok(!effects.some(({ type: kind }) => kind === 'part_discard'));
  bob.give({ type: 'post_placed', post: { author: 'alice', id: first.post.id }, path: 'got', stamp: 's' });
  assert.ok(effects.some(({ type: kind }) => kind === 'part_discard'));
});

test('[POST-20] a download goes on after a restart, and only its part is kept', () => {
  const { testbed, bob, ids, effects } = setUp(1);
  bob.command(get(ids[0] ?? '', 'there'));
  effects.length = 0;
  testbed.restart(bob);
  const kept = effects.find((effect) => effect.type === 'parts_keep');
  assert.deepEqual(kept?.type === 'parts_keep' && kept.posts.map(({ id }) => id), ids);
  assert.deepEqual(fetches(effects), [], 'offline by its own wish');
  bob.command({ type: 'online', acceptServer: false });
  testbed.pass(5_000);
  const [again] = fetches(effects);
  assert.ok(again);
  finish(bob, again);
  assert.equal(bob.told('post_done')[0]?.post, ids[0]);
  testbed.restart(bob);
  effects.length = 0;
  bob.command({ type: 'online', acceptServer: false });
  testbed.pass(5_000);
  assert.deepEqual(fetches(effects), []);
});

test('[POST-25] a waiting user is told after 30 s; the download continues and reports its end', () => {
  const { testbed, alice, bob, ids, effects } = setUp(1);
  alice.command({ type: 'offline' });
  testbed.network.takesDials = false;
  testbed.settle();
  const [ref] = bob.command(get(ids[0] ?? ''));
  for (let k = 0; k < 40 && bob.answer(ref) === null; k += 1) {
    for (const { fetch } of fetches(effects).splice(0)) {
      bob.give({ type: 'fetch_ended', fetch, failure: 'interrupted', why: 'nobody answers.', received: 0 });
    }
    testbed.pass(1_000);
  }
  const answer = bob.answer(ref);
  assert.ok(answer && !answer.ok);
  assert.equal(answer.refusal.code, 'POST_WAITING');
  assert.equal(answer.refusal.about, 'nobody answers.');
  effects.length = 0;
  alice.command({ type: 'online', acceptServer: false });
  testbed.pass(5_000);
  const [again] = fetches(effects);
  assert.ok(again, 'her coming back is reason enough');
  finish(bob, again);
  assert.equal(bob.told('post_done').length, 1);
});

test('[POST-33] a download that waits is told once, until bytes arrive again, and is listed', () => {
  const { testbed, bob, ids, effects } = setUp(1);
  const [id = ''] = ids;
  bob.command(get(id));
  const interrupt = (received: number): void => {
    const fetch = fetches(effects).at(-1)?.fetch ?? 0;
    bob.give({ type: 'fetch_ended', fetch, failure: 'interrupted', why: 'the connection broke.', received });
  };
  const listed = (): unknown => bob.do({ type: 'downloads' }).downloads.map(({ state, why }) => [state, why]);
  assert.deepEqual(listed(), [['fetching', null]]);
  interrupt(0);
  assert.deepEqual(listed(), [['waiting', 'the connection broke.']]);
  assert.equal(bob.do({ type: 'outbox' }).downloads, 1);
  for (let k = 0; k < 5; k += 1) {
    testbed.pass(60_000);
    interrupt(0);
  }
  assert.equal(bob.told('post_waiting').length, 1);
  testbed.pass(60_000);
  interrupt(1);
  const told = bob.told('post_waiting').map(({ post, from }) => [post, from]);
  assert.deepEqual(told.at(-1), [id, 'alice']);
  assert.equal(told.length, 2);
});

test('[POST-20] cancel ends a download, and nothing of it stays', () => {
  const { bob, ids, effects } = setUp(1);
  const [id = ''] = ids;
  const [ref] = bob.command(get(id));
  bob.do({ type: 'cancel', id });
  const answer = bob.answer(ref);
  assert.ok(answer && !answer.ok && answer.refusal.code === 'POST_CANCELLED');
  assert.ok(
    effects.some(({ type: kind }) => kind === 'fetch_stop') &&
      effects.some(({ type: kind }) => kind === 'part_discard'),
  );
  assert.equal(bob.refusal({ type: 'cancel', id }), 'MESSAGE_UNKNOWN');
});

test('[POST-20] a download stops when we go offline, and goes on when we are back', () => {
  const { testbed, bob, ids, effects } = setUp(1);
  bob.command(get(ids[0] ?? ''));
  const [first] = fetches(effects);
  bob.command({ type: 'offline' });
  testbed.pass(90_000);
  assert.ok(effects.some((effect) => effect.type === 'fetch_stop' && effect.fetch === first?.fetch));
  assert.equal(fetches(effects).length, 1);
  bob.command({ type: 'online', acceptServer: false });
  testbed.pass(5_000);
  const again = fetches(effects).at(-1);
  assert.ok(again && fetches(effects).length > 1);
  finish(bob, again);
  assert.equal(bob.told('post_done').length, 1);
});

test('[POST-3] a post that is removed while it is fetched ends the download', () => {
  const { testbed, alice, bob, ids } = setUp(1);
  const [ref] = bob.command(get(ids[0] ?? ''));
  alice.do({ type: 'post_remove', id: ids[0] ?? '' });
  testbed.pass(1_000);
  const answer = bob.answer(ref);
  assert.ok(answer && !answer.ok && answer.refusal.code === 'POST_REMOVED');
});

test('a second wish for the same download joins the first; one for another place is refused', () => {
  const { bob, ids, effects } = setUp(1);
  const refs = bob.command(get(ids[0] ?? ''), get(ids[0] ?? ''), get(ids[0] ?? '', 'elsewhere'));
  const refused = bob.answer(refs[2]);
  assert.ok(refused && !refused.ok && refused.refusal.code === 'POST_UNDER_WAY');
  const [fetch] = fetches(effects);
  assert.ok(fetch && fetches(effects).length === 1);
  finish(bob, fetch);
  assert.ok(bob.answer(refs[0])?.ok && bob.answer(refs[1])?.ok);
});

test('[POST-26] a copy that a crash left without a post is removed at the start', () => {
  const { testbed, alice } = setUp(0);
  let copy = '';
  testbed.passes = (_, effect) => {
    if (effect.type === 'post_copy') copy = effect.id;
    return true;
  };
  alice.command({ type: 'post_upload', path: 'x', title: null, isReshared: false });
  const discarded: string[] = [];
  testbed.passes = (_, effect) => {
    if (effect.type === 'post_discard') discarded.push(effect.id);
    return true;
  };
  testbed.restart(alice);
  assert.deepEqual(discarded, [copy]);
});

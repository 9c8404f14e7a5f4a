// The contract of a client's store for posts: lists by time and by change, pages, deletions, downloads.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredPost } from '../../../client/engine/core/post-store.js';
import { SqlitePosts } from '../../../client/store/sqlite/sqlite-posts.js';
import { MIGRATIONS } from '../../../client/store/sqlite/schema.js';
import { openDatabase, type Database } from '../../../runtime/sqlite.js';
import { contract } from './contract.js';
import { sampleId, sampleKey } from './samples.js';

function post(number: number, changes: Partial<StoredPost> = {}): StoredPost {
  const about = { title: `t${number}`, name: 'n', type: 'image/png', size: 4_294_967_296, sha256: sampleKey('h') };
  const where = { author: 'bob', id: sampleId(number), device: sampleKey('b'), change: number, at: 1_000 + number };
  return { ...about, ...where, isReshared: false, text: null, isRemoved: false, held: { at: 'nowhere' }, ...changes };
}

const titles = (posts: readonly StoredPost[]): string[] => posts.map(({ title }) => title);

contract('a post comes back as it was put last', (store) => {
  const held = { at: 'path', path: '/x', stamp: '1:2:3' } as const;
  const one = post(1, { text: 'grüße\u0000✓', isReshared: true, held });
  store.posts.put(post(1));
  store.posts.put(one);
  assert.deepEqual(store.posts.post('bob', one.id), one);
  assert.equal(store.posts.post('carol', one.id), null);
});

contract('lists are sorted by time, the newest first, in pages, without removed posts', (store) => {
  for (const number of [3, 1, 5, 2, 4]) store.posts.put(post(number, { isRemoved: number === 4 }));
  store.posts.put(post(9, { author: 'me' }));
  assert.deepEqual(titles(store.posts.of('bob', 2, null)), ['t5', 't3']);
  assert.deepEqual(titles(store.posts.of('bob', 9, post(3))), ['t2', 't1']);
  assert.deepEqual(titles(store.posts.feed('me', 9, null)), ['t5', 't3', 't2', 't1']);
  assert.deepEqual(titles(store.posts.feed('bob', 9, null)), ['t9']);
});

contract('changes are sorted by number, removed posts included', (store) => {
  for (const number of [3, 1, 2]) store.posts.put(post(number, { isRemoved: number === 2 }));
  assert.deepEqual(titles(store.posts.changesAfter('bob', 1, 9)), ['t2', 't3']);
  assert.deepEqual(titles(store.posts.newestChanges('bob', 2)), ['t3', 't2']);
  assert.equal(store.posts.lastChange('bob'), 3);
  assert.equal(store.posts.lastChange('carol'), 0);
});

contract('dropOtherDevices gives the ids of the posts that were not removed', (store) => {
  store.posts.put(post(1));
  store.posts.put(post(2, { isRemoved: true }));
  store.posts.put(post(3, { device: sampleKey('c') }));
  assert.deepEqual(store.posts.dropOtherDevices('bob', sampleKey('c')), [sampleId(1)]);
  assert.deepEqual(titles(store.posts.changesAfter('bob', 0, 9)), ['t3']);
  store.posts.keepNewest('bob', 0);
  assert.equal(store.posts.lastChange('bob'), 0);
});

contract('downloads are listed in the order of their requests', (store) => {
  const wish = (number: number) => ({
    author: 'bob',
    id: sampleId(number),
    to: number === 1 ? null : 'x',
    force: true,
  });
  for (const number of [2, 1, 3]) store.posts.putDownload(wish(number));
  store.posts.dropDownload('bob', sampleId(1));
  assert.deepEqual(store.posts.downloads(), [wish(2), wish(3)]);
});

test('an index serves the lists of many posts, without sorting', () => {
  const database = openDatabase(':memory:', { migrations: MIGRATIONS });
  const posts = new SqlitePosts(explaining(database));
  const plans = [
    () => posts.of('bob', 9, null),
    () => posts.of('bob', 9, post(1)),
    () => posts.feed('me', 9, post(1)),
    () => posts.changesAfter('bob', 1, 9),
    () => posts.newestChanges('bob', 9),
    () => posts.withId(sampleId(1)),
  ];
  for (const ask of plans) ask();
  assert.equal(explained.length, plans.length);
  for (const plan of explained) {
    assert.match(plan, /USING (COVERING )?(INDEX|PRIMARY KEY)/);
    assert.doesNotMatch(plan, /TEMP B-TREE|SCAN posts$/);
  }
  database.close();
});

const explained: string[] = [];

/** A database that explains its query plans. */
function explaining(database: Database): Database {
  return {
    ...database,
    prepare: (sql: string) => {
      const statement = database.prepare<never>(sql);
      const plan = database.prepare<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
      return {
        run: (...values) => statement.run(...values),
        get: (...values) => statement.get(...values),
        all: (...values) => {
          explained.push(
            plan
              .all(...values)
              .map(({ detail }) => detail)
              .join('; '),
          );
          return statement.all(...values);
        },
      };
    },
  };
}

// Random operations on a store of posts, as values that run on every implementation.

import fc from 'fast-check';
import type { Held, StoredPost } from '../../../client/engine/core/post-store.js';
import type { TransactionalStore } from '../../../client/engine/core/store.js';
import { sampleId, sampleKey } from './samples.js';

/** `run` returns the store's answer. `text` describes the operation in the report of a failure. */
export interface Operation {
  readonly text: string;
  readonly run: (store: TransactionalStore) => unknown;
}

const authors = fc.constantFrom('al', 'bob', 'me');
const devices = fc.constantFrom('a', 'b').map(sampleKey);
const ids = fc.integer({ min: 0, max: 12 }).map(sampleId);
const small = fc.integer({ min: 0, max: 9 });
const helds = fc.constantFrom<Held>({ at: 'nowhere' }, { at: 'posts' }, { at: 'path', path: 'p', stamp: 's' });
const signed = fc.constantFrom(null, { payload: 'x', signature: 'y' });

const fields = {
  author: authors,
  id: ids,
  device: devices,
  change: small,
  at: small,
  title: fc.string({ maxLength: 4 }),
  name: fc.string({ maxLength: 4 }),
  type: fc.constantFrom('image/png', ''),
  size: fc.constantFrom(0, 2 ** 32),
  sha256: devices,
  isReshared: fc.boolean(),
  text: fc.option(fc.string({ maxLength: 4 })),
  isRemoved: fc.boolean(),
  held: helds,
};
const posts: fc.Arbitrary<StoredPost> = fc.record(fields, { noNullPrototype: true });
const cursors = fc.option(
  fc.record(
    { device: devices, upTo: small, isComplete: fc.boolean(), proof: fc.option(devices) },
    { noNullPrototype: true },
  ),
);
const told = fc.record(
  { acknowledged: small, mailedUpTo: small, letters: small, mailedAt: small },
  { noNullPrototype: true },
);

function operation<T>(name: string, given: fc.Arbitrary<T>, run: (store: TransactionalStore, given: T) => unknown) {
  return given.map((value): Operation => {
    return { text: `${name} ${JSON.stringify(value)}`, run: (store) => run(store, value) };
  });
}

const put = operation('put post', posts, (store, post) => store.posts.put(post));
const others = [
  operation('dropOtherDevices', fc.tuple(authors, devices), (store, given) => store.posts.dropOtherDevices(...given)),
  operation('keepNewest', fc.tuple(authors, small), (store, given) => store.posts.keepNewest(...given)),
  operation('dropAuthor', authors, (store, author) => store.posts.dropAuthor(author)),
  operation(
    'putFollowedCatalogue',
    fc.tuple(authors, cursors, small, signed),
    (store, [author, cursor, since, grant]) => store.posts.putFollowedCatalogue({ author, cursor, since, grant }),
  ),
  operation('dropFollowing', authors, (store, author) => store.posts.dropFollowing(author)),
  operation('putTold', fc.tuple(authors, told), (store, given) => store.posts.putTold(...given)),
  operation('dropTold', authors, (store, friend) => store.posts.dropTold(friend)),
  operation('dropAllTold', fc.constant(null), (store) => store.posts.dropAllTold()),
  operation('putDownload', fc.tuple(authors, ids, fc.option(fc.string()), fc.boolean()), (store, given) => {
    const [author, id, to, force] = given;
    store.posts.putDownload({ author, id, to, force });
  }),
  operation('dropDownload', fc.tuple(authors, ids), (store, given) => store.posts.dropDownload(...given)),
  operation('of', fc.tuple(authors, small, fc.option(posts)), (store, given) => store.posts.of(...given)),
  operation('feed', fc.tuple(authors, small, fc.option(posts)), (store, given) => store.posts.feed(...given)),
  operation('changesAfter', fc.tuple(authors, small, small), (store, given) => store.posts.changesAfter(...given)),
  operation('newestChanges', fc.tuple(authors, small), (store, given) => store.posts.newestChanges(...given)),
  operation('withId', ids, (store, id) => store.posts.withId(id)),
  operation('post', fc.tuple(authors, ids), (store, given) => store.posts.post(...given)),
];

export const postOperations: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 12, arbitrary: put },
  ...others.map((arbitrary) => ({ weight: 1, arbitrary })),
);

/** All queries without a random argument. */
export function everyPost({ posts }: TransactionalStore): unknown {
  const about = (author: string): unknown => [
    posts.of(author, 99, null),
    posts.changesAfter(author, -1, 99),
    posts.lastChange(author),
    posts.followedCatalogue(author),
    posts.told(author),
  ];
  return [about('al'), about('bob'), about('me'), posts.feed('me', 99, null), posts.downloads()];
}

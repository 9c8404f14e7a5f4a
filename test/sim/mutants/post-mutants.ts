// Faults planted in how a client stores and announces posts (protocols/posts/SPEC.md).

import type { PostStore } from '../../../client/engine/core/post-store.js';
import type { Effect } from '../../../client/engine/core/io.js';
import type { PlantedFaults } from '../hosts/planted-faults.js';
import { altering, changing } from './client-mutants.js';
import type { Mutant } from './mutant.js';
import { overrideMethods } from './override-methods.js';

const NOW_AND_THEN = 7;

export const POST_MUTANTS: readonly Mutant[] = [
  { fault: 'a page is acknowledged but only partly stored', rules: ['POST-10'], planted: changingPosts(skippingSome) },
  {
    fault: 'removals by friends are not stored',
    rules: ['POST-10', 'POST-3'],
    planted: changingPosts((posts) => ({
      put: (post) => {
        if (!post.isRemoved || posts.followedCatalogue(post.author) === null) posts.put(post);
      },
    })),
  },
  {
    fault: 'a known post counts as new',
    rules: ['POST-10', 'POST-3'],
    planted: changingPosts((posts) => ({ post: (author, id) => unlessTheirs(posts, author, id) })),
  },
  {
    fault: 'the catalogue position skips a gap',
    rules: ['POST-10', 'CHAT-18'],
    planted: changingPosts((posts) => ({
      putFollowedCatalogue: (catalogue) => {
        const { cursor: mark } = catalogue;
        posts.putFollowedCatalogue({ ...catalogue, cursor: mark && { ...mark, upTo: mark.upTo + 1 } });
      },
    })),
  },
  {
    fault: 'pages are lost on links',
    rules: ['POST-10'],
    planted: altering((effect) => (isPage(effect) ? [] : [effect])),
  },
  {
    fault: 'posts of an earlier device are not dropped',
    isElusive: true,
    rules: ['POST-10'],
    planted: changingPosts(() => ({ dropOtherDevices: () => [] })),
  },
].map((mutant) => ({ ...mutant, hasPosts: true }));

function changingPosts(change: (posts: PostStore) => Partial<PostStore>): PlantedFaults {
  return changing((store) => ({ posts: overrideMethods(store.posts, change(store.posts)) }));
}

/** Posts of followed users; no user follows itself. */
function skippingSome(posts: PostStore): Partial<PostStore> {
  let calls = 0;
  const isSkipped = (): boolean => (calls += 1) % NOW_AND_THEN === 0;
  return {
    put: (post) => {
      const isKnown = posts.post(post.author, post.id) !== null;
      if (isKnown || posts.followedCatalogue(post.author) === null || !isSkipped()) posts.put(post);
    },
  };
}

function unlessTheirs(posts: PostStore, author: string, id: string): ReturnType<PostStore['post']> {
  return posts.followedCatalogue(author) === null ? posts.post(author, id) : null;
}

function isPage(effect: Effect): boolean {
  return effect.type === 'link_send' && 'type' in effect.frame && effect.frame.type === 'posts';
}

// The final check of posts: every friend has the list of the author.

import type { TransactionalStore } from '../../../client/engine/core/store.js';
import type { StaleCopies } from './stale-copies.js';

/** A user at the end of the run. */
export interface Reader {
  readonly name: string;
  readonly store: TransactionalStore;
  readonly takesDials: boolean;
  friends(): ReadonlySet<string>;
}

/** More posts than any user makes. */
const ALL = 100_000;
const SHOWN_MAX = 3;

/** A line for each friend whose list differs although it can have received the posts. */
export function strayPosts(readers: readonly Reader[], staleCopies: StaleCopies): string[] {
  const lines: string[] = [];
  for (const reader of readers) {
    for (const author of readers) {
      const areFriends = reader.friends().has(author.name) && author.friends().has(reader.name);
      if (reader === author || !areFriends || isExcused(reader, author, staleCopies)) continue;
      const [has, should] = [listOf(reader, author.name), listOf(author, author.name)];
      const strays = [...has.filter((post) => !should.includes(post)), ...should.filter((post) => !has.includes(post))];
      if (strays.length === 0) continue;
      const some = strays.slice(0, SHOWN_MAX).join(', ');
      lines.push(`[POST-10] ${reader.name} and ${author.name} differ in ${strays.length} posts of the latter: ${some}`);
    }
  }
  return lines;
}

function isExcused(reader: Reader, author: Reader, staleCopies: StaleCopies): boolean {
  // Without a link, letters carry only the newest posts.
  const areCutOff = !reader.takesDials && !author.takesDials;
  const isOld = staleCopies.isUnrenewed(reader.name) || staleCopies.isUnrenewed(author.name);
  return areCutOff || isOld || staleCopies.mayDisagree(reader.name, author.name);
}

function listOf({ store }: Reader, author: string): string[] {
  return store.posts.of(author, ALL, null).map(({ id, title }) => `${id} ${title}`);
}

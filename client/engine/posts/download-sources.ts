// Where bytes can be had (SPEC POST-25, POST-29): addresses and devices of a friend, and friends asked who has them.

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Context } from '../core/context.js';
import type { FollowedCatalogues } from './followed-catalogues.js';
import type { PostDependencies } from './post-dependencies.js';
import type { PostEffect, PostKey } from '../core/post-io.js';

type Fetch = Omit<Extract<PostEffect, { type: 'fetch' }>, 'type' | 'from'>;

export class DownloadSources {
  constructor(
    private readonly context: Context,
    private readonly parts: PostDependencies,
    private readonly followings: FollowedCatalogues,
    /** A fetch that cannot even begin. */
    private readonly unreachable: (fetch: number, why: string) => void,
  ) {}

  /** Fetches from a friend. Meanwhile a link to them is wished for: it tells where they can be reached now. */
  fetch(fetch: Fetch, from: string): void {
    const { people, links, reach, session } = this.parts;
    if (!session.isWanted) return this.unreachable(fetch.fetch, 'you are offline.');
    if (!links.isLinked(from)) reach.wish(from, LIMITS.connectAttemptMs);
    const endpoints = people.isFriend(from) ? (people.get(from)?.endpoints ?? []) : [];
    const devices = people.record(from)?.devices.map(({ device }) => device) ?? [];
    if (endpoints.length === 0) return this.unreachable(fetch.fetch, `${from} cannot be reached.`);
    const isAuthor = from === fetch.post.author;
    const grant = isAuthor ? null : this.followings.grantOf(fetch.post.author);
    this.context.do({ type: 'fetch', ...fetch, from: { endpoints, devices, grant } });
  }

  /** Asks every friend but the author who is there, or who can be. */
  ask({ author, id }: PostKey): void {
    const { people, links, presence, reach } = this.parts;
    for (const { name } of people.friends()) {
      if (name === author) continue;
      if (links.isLinked(name)) this.askOne(name, id);
      else if (presence.isOnline(name)) reach.wish(name, LIMITS.connectAttemptMs);
    }
  }

  askOne(user: string, id: string): void {
    this.parts.links.send(user, { type: 'post_wanted', id });
  }

  say(user: string, id: string): void {
    this.parts.links.send(user, { type: 'post_held', id });
  }
}

// Where a post can be fetched from (SPEC POST-25, POST-29): endpoints and devices of its author, or friends that hold
// its bytes.

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Context } from '../core/context.js';
import type { PostDependencies } from './post-dependencies.js';
import type { PostEffect, PostKey } from '../core/post-io.js';

type Fetch = Omit<Extract<PostEffect, { type: 'fetch' }>, 'type' | 'from'>;

export class DownloadSources {
  constructor(
    private readonly context: Context,
    private readonly parts: PostDependencies,
  ) {}

  /**
   * Fetches from a friend; gives why that cannot begin, null if it began. A link is tried for too: it brings the
   * friend's present endpoint.
   */
  fetch(fetch: Fetch, from: string): string | null {
    const { people, links, connector, session, record } = this.parts;
    if (!session.isWanted) return 'you are offline.';
    if (!record.isAnnounced) return 'the name server does not list your new device yet.';
    if (!links.isLinked(from)) connector.want(from, LIMITS.connectAttemptMs);
    const endpoints = people.isFriend(from) ? (people.get(from)?.endpoints ?? []) : [];
    const device = people.device(from);
    if (device === null || endpoints.length === 0) return `${from} cannot be reached.`;
    const { author } = fetch.post;
    const grant = from === author ? null : (this.context.store.posts.followedCatalogue(author)?.grant ?? null);
    this.context.emit({ type: 'fetch', ...fetch, from: { endpoints, device, record: record.signed, grant } });
    return null;
  }

  /** Asks every linked friend but the author for the post, and tries to link with those online. */
  ask({ author, id }: PostKey): void {
    const { people, links, presence, connector } = this.parts;
    for (const { name } of people.friends()) {
      if (name === author) continue;
      if (links.isLinked(name)) this.askOne(name, id);
      else if (presence.isOnline(name)) connector.want(name, LIMITS.connectAttemptMs);
    }
  }

  askOne(user: string, id: string): void {
    this.parts.links.send(user, { type: 'post_wanted', id });
  }
}

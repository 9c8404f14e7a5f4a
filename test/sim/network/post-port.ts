// Simulated file transfers of posts: copies succeed, and fetches succeed if the other side can be reached.

import type { PostEffect, PostInput } from '../../../client/engine/core/post-io.js';
import type { SimulatedNetwork } from './simulated-network.js';
import type { Incarnation } from '../hosts/incarnation.js';

const COPY_MS = 50;
const FETCH_MS = 2_000;
const HASH = 'A'.repeat(43);

export class PostPort {
  constructor(
    private readonly network: SimulatedNetwork,
    private readonly incarnation: Incarnation,
    private readonly put: (input: PostInput) => void,
  ) {}

  perform(place: string, effect: PostEffect): void {
    switch (effect.type) {
      case 'post_copy': {
        const file = { size: effect.path.length, sha256: HASH, type: 'text/plain', name: effect.path };
        return this.later(COPY_MS, { type: 'post_copied', id: effect.id, file });
      }
      case 'post_discard':
        return this.later(COPY_MS, { type: 'post_discarded', id: effect.id });
      case 'fetch':
        return this.incarnation.after(this.network.model.between(0, FETCH_MS), () =>
          this.put(this.fetched(place, effect)),
        );
      case 'post_place': {
        const { author, id } = effect.post;
        return this.later(COPY_MS, { type: 'post_placed', post: { author, id }, path: id, stamp: id });
      }
      default:
        return;
    }
  }

  private fetched(place: string, { fetch, from, post }: Extract<PostEffect, { type: 'fetch' }>): PostInput {
    const listeners = from.endpoints.map((endpoint) => this.network.at(endpoint)).filter((each) => each !== null);
    const isThere = listeners.some(
      (each) =>
        each.takesDials && this.network.model.isReachable(place, each.node) && from.device.device === each.device,
    );
    if (!isThere) return { type: 'fetch_ended', fetch, failure: 'interrupted', why: 'nobody answers.', received: 0 };
    if (post.size > 0) this.network.run.tally.add('posts fetched');
    return { type: 'fetch_done', fetch };
  }

  private later(ms: number, input: PostInput): void {
    this.incarnation.after(this.network.model.between(0, ms), () => this.put(input));
  }
}

// The oracle of posts (protocols/posts): what was answered is on the disk, and news is of real posts, told once.

import type { Answer } from '../../../protocols/control/answer.js';
import type { ClientEvent } from '../../../protocols/control/event.js';
import type { Command } from '../../../protocols/control/command.js';
import type { StoredPost } from '../../../client/engine/core/post-store.js';
import type { Tally } from '../kernel/tally.js';

export interface PostStoreView {
  /** A post as it is on a user's disk now. */
  post(user: string, author: string, id: string): StoredPost | null;
  isByzantine(user: string): boolean;
  /** An old copy was put back once: what was lost may come again, and what came may be of nobody. */
  wasRestored(user: string): boolean;
}

export class PostChecker {
  private readonly heard = new Set<string>();
  /** Posts whose author was told that they stand, or are removed. */
  private readonly promised = new Map<string, { author: string; isRemoved: boolean }>();

  constructor(
    private readonly stores: PostStoreView,
    private readonly tally: Tally,
    private readonly fail: (violation: string) => void,
  ) {}

  answered(user: string, command: Command, answer: Answer): void {
    if (command.type === 'remove' || command.type === 'block') this.forgetPair(user, command.user);
    if (!answer.ok || !('post' in answer.data)) return;
    const { post } = answer.data;
    const isRemoved = command.type === 'post_remove';
    if (command.type === 'post_get') return;
    this.tally.add(isRemoved ? 'posts removed' : 'posted');
    this.promised.set(post, { author: user, isRemoved });
    this.mustStand(user, post, isRemoved);
  }

  observed(user: string, event: ClientEvent): void {
    if (event.event === 'friend_removed') return this.forgetPair(user, event.user);
    if (event.event !== 'post' && event.event !== 'post_removed') return;
    const { from, post: id } = event;
    if (this.stores.isByzantine(from) || this.stores.wasRestored(user) || this.stores.wasRestored(from)) return;
    const written = this.stores.post(from, from, id);
    if (!written) return this.fail(`[POST-1] ${user} hears of ${id} of ${from}, who never posted it`);
    const news = `${user} ${from} ${id} ${event.event}`;
    if (this.heard.has(news)) this.fail(`[POST-10] ${user} hears twice: ${event.event} ${id} of ${from}`);
    this.heard.add(news);
    if (event.event === 'post') this.tally.add('posts heard');
    if (event.event === 'post' && this.heard.has(`${news}_removed`)) {
      this.fail(`[POST-3] ${user} hears of ${id} of ${from} after its removal`);
    }
    if (event.event === 'post_removed' && !written.isRemoved) {
      this.fail(`[POST-1] ${user} hears that ${id} of ${from} is removed, which is not so`);
    }
  }

  /** A client died: what it promised must have survived. */
  crashed(user: string): void {
    for (const [post, { author, isRemoved }] of this.promised) {
      if (author === user) this.mustStand(user, post, isRemoved);
    }
  }

  private mustStand(user: string, id: string, isRemoved: boolean): void {
    const post = this.stores.post(user, user, id);
    if (this.stores.wasRestored(user) || (post && (post.isRemoved || !isRemoved))) return;
    this.fail(`[G1] ${user} was told that ${id} is ${isRemoved ? 'removed' : 'posted'}, and does not know of it`);
  }

  private forgetPair(a: string, b: string): void {
    for (const news of this.heard) {
      if (news.startsWith(`${a} ${b} `) || news.startsWith(`${b} ${a} `)) this.heard.delete(news);
    }
  }
}

// The oracle of posts (protocols/posts): confirmed posts are on disk; clients announce only real posts, each once.

import type { Answer } from '../../../protocols/control/answer.js';
import type { ClientEvent } from '../../../protocols/control/event.js';
import type { Command } from '../../../protocols/control/command.js';
import type { StoredPost } from '../../../client/engine/core/post-store.js';
import type { Tally } from '../kernel/tally.js';

export interface PostStoreView {
  /** A post on the disk of a user. */
  post(user: string, author: string, id: string): StoredPost | null;
  isByzantine(user: string): boolean;
  /** An old copy was restored: lost posts may be announced again, and posts of the lost disk may be unknown. */
  wasRestored(user: string): boolean;
}

export class PostChecker {
  private readonly announced = new Set<string>();
  /** Posts whose creation or removal was confirmed to the author. */
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
    this.mustHave(user, post, isRemoved);
  }

  observed(user: string, event: ClientEvent): void {
    if (event.event === 'friend_removed') return this.forgetPair(user, event.user);
    if (event.event !== 'post' && event.event !== 'post_removed') return;
    const { from, post: id } = event;
    if (this.stores.isByzantine(from) || this.stores.wasRestored(user) || this.stores.wasRestored(from)) return;
    const written = this.stores.post(from, from, id);
    if (!written) return this.fail(`[POST-1] ${user} hears of ${id} of ${from}, who never posted it`);
    const announcement = `${user} ${from} ${id} ${event.event}`;
    if (this.announced.has(announcement))
      this.fail(`[POST-10] ${user} gets an event twice: ${event.event} ${id} of ${from}`);
    this.announced.add(announcement);
    if (event.event === 'post') this.tally.add('posts announced');
    if (event.event === 'post' && this.announced.has(`${announcement}_removed`)) {
      this.fail(`[POST-3] ${user} hears of ${id} of ${from} after its removal`);
    }
    if (event.event === 'post_removed' && !written.isRemoved) {
      this.fail(`[POST-1] ${user} hears that ${id} of ${from} is removed, which is not so`);
    }
  }

  /** A client crashed: confirmed posts must have survived. */
  crashed(user: string): void {
    for (const [post, { author, isRemoved }] of this.promised) {
      if (author === user) this.mustHave(user, post, isRemoved);
    }
  }

  private mustHave(user: string, id: string, isRemoved: boolean): void {
    const post = this.stores.post(user, user, id);
    if (this.stores.wasRestored(user) || (post && (post.isRemoved || !isRemoved))) return;
    this.fail(
      `[G1] for ${user}, ${id} was confirmed as ${isRemoved ? 'removed' : 'posted'}, but does not have that state`,
    );
  }

  private forgetPair(a: string, b: string): void {
    for (const announcement of this.announced) {
      if (announcement.startsWith(`${a} ${b} `) || announcement.startsWith(`${b} ${a} `))
        this.announced.delete(announcement);
    }
  }
}

// The commands that list posts: our own, a friend's, and the newest of all friends; a page at a time.

import type { PostSummary } from '../../../protocols/control/commands/posts.js';
import { isoTime, type Context } from '../core/context.js';
import type { CommandOf, Part } from '../core/part.js';
import type { StoredPost } from '../core/post-store.js';
import type { PostDependencies } from './post-dependencies.js';

export class PostLists implements Part {
  readonly commands = {
    post_list: (ref: number, command: CommandOf<'post_list'>) => this.list(ref, command),
    feed: (ref: number, command: CommandOf<'feed'>) => this.feed(ref, command),
  };

  constructor(
    private readonly context: Context,
    private readonly parts: Pick<PostDependencies, 'people'>,
  ) {}

  private list(ref: number, { user, limit, before }: CommandOf<'post_list'>): void {
    const { me, store } = this.context;
    const author = user ?? me.name;
    if (author !== me.name && !this.parts.people.isFriend(author)) {
      return this.context.refuseWith(ref, 'NOT_FRIENDS', author);
    }
    const from = before === null ? null : store.posts.post(author, before);
    if (before !== null && !from) return this.context.refuseWith(ref, 'POST_UNKNOWN', before);
    this.context.succeed(ref, 'post_list', { posts: store.posts.of(author, limit, from).map(summaryOf) });
  }

  private feed(ref: number, { limit, before }: CommandOf<'feed'>): void {
    const { me, store } = this.context;
    const from = before === null ? null : (store.posts.withId(before)[0] ?? null);
    if (before !== null && !from) return this.context.refuseWith(ref, 'POST_UNKNOWN', before);
    this.context.succeed(ref, 'feed', { posts: store.posts.feed(me.name, limit, from).map(summaryOf) });
  }
}

function summaryOf({ id, author, title, size, type, at, sha256, text, isReshared }: StoredPost): PostSummary {
  return { post: id, from: author, title, size, type, at: isoTime(at), sha256, text, reshared: isReshared };
}

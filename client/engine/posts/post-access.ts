// Decides which user may fetch which post (SPEC POST-16 to POST-19, POST-30). Bytes never pass through here.

import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal, refusalText } from '../../../protocols/kit/refusals.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import { isGrantValid } from '../../../protocols/posts/grant.js';
import { postWantedFrameShape } from '../../../protocols/posts/messages.js';
import type { Context } from '../core/context.js';
import { frameRoute, type EventOf, type InputOf, type Part } from '../core/part.js';
import type { StoredPost } from '../core/post-store.js';
import type { PostDependencies } from './post-dependencies.js';
import type { PostKey, ServedPost } from '../core/post-io.js';

export class PostAccess implements Part {
  readonly inputs = {
    post_asked: (input: InputOf<'post_asked'>) => this.asked(input),
    post_served: ({ request }: InputOf<'post_served'>) => void this.underWay.delete(request),
    post_missing: ({ post }: InputOf<'post_missing'>) => this.missing(post),
  };
  readonly frames = {
    post_wanted: frameRoute('friend', postWantedFrameShape, ({ user }, { id }) => this.wanted(user, id)),
  };
  readonly on = {
    asleep: () => this.stop(null),
    unfriended: ({ user }: EventOf<'unfriended'>) => this.stop(user),
  };
  /** The user of each request that is being answered. */
  private readonly underWay = new Map<number, string>();
  /** Posts of ours whose damage was reported to the user. */
  private readonly damaged = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly parts: PostDependencies,
  ) {}

  private asked({ request, peerKey, id, grant }: InputOf<'post_asked'>): void {
    const user = this.friendBehind(peerKey);
    const post = user === null ? null : this.find(user, id, grant);
    if (user === null || post === null) return this.refuse(request, new Refusal('POST_UNKNOWN', id));
    if (this.isBusyWith(user)) return this.refuse(request, new Refusal('TOO_MANY', 'a little'));
    this.underWay.set(request, user);
    this.context.emit({ type: 'post_serve', request, post });
  }

  /** Breaks off the answers to one user, or to all. */
  private stop(user: string | null): void {
    for (const [request, to] of this.underWay) {
      if (user === null || user === to) this.context.emit({ type: 'post_stop', request });
    }
  }

  private missing({ author, id }: PostKey): void {
    const post = this.context.store.posts.post(author, id);
    if (!post || post.isRemoved) return;
    if (author !== this.context.me.name) return this.context.store.posts.put({ ...post, held: { at: 'nowhere' } });
    if (this.damaged.has(id)) return;
    this.damaged.add(id);
    this.context.warn('POST_DAMAGED', refusalText(new Refusal('POST_DAMAGED', post.title)));
  }

  /** A friend looks for the bytes of another friend's post. We answer only where we have them and may pass them on. */
  private wanted(user: string, id: string): void {
    const isPassedOn = this.passable(id).some(({ author }) => author !== user);
    if (isPassedOn) this.parts.links.send(user, { type: 'post_held', id });
  }

  private refuse(request: number, refusal: Refusal): void {
    this.context.emit({ type: 'post_refuse', request, refusal });
  }

  private isBusyWith(user: string): boolean {
    const theirs = [...this.underWay.values()].filter((other) => other === user).length;
    return theirs >= LIMITS.postReadsPerFriend || this.underWay.size >= LIMITS.postReadsMax;
  }

  private friendBehind(peerKey: string): string | null {
    const { people, session } = this.parts;
    const user = session.isWanted ? people.ownerOf(peerKey) : null;
    return user !== null && people.isFriend(user) ? user : null;
  }

  private find(user: string, id: string, grant: Signed | null): ServedPost | null {
    const own = this.context.store.posts.post(this.context.me.name, id);
    if (own) return own.isRemoved ? null : served(own);
    const passed = this.passable(id).find((post) => grant !== null && this.isFriendOf(post.author, user, grant));
    return passed ? served(passed) : null;
  }

  private passable(id: string): StoredPost[] {
    return this.context.store.posts.withId(id).filter(({ isReshared, held }) => isReshared && held.at === 'path');
  }

  private isFriendOf(author: string, user: string, grant: Signed): boolean {
    const { people } = this.parts;
    const key = people.get(user)?.pinned?.key ?? '';
    const devices = people.record(author)?.devices.map(({ device }) => device) ?? [];
    const asked = { author, devices, friend: { name: user, key }, now: this.context.serverClock.nowForGrants };
    return people.isFriend(author) && isGrantValid(grant, asked, this.context.primitives);
  }
}

/** Null where we do not have the bytes. */
function served({ author, id, size, sha256, type, at, text, held }: StoredPost): ServedPost | null {
  const about = { author, id, size, sha256, type, at };
  if (text !== null) return { ...about, bytes: { at: 'text', text } };
  return held.at === 'nowhere' ? null : { ...about, bytes: held };
}

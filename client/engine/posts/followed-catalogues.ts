// Follows the catalogues of friends (SPEC POST-8 to POST-15): checks what they announce, stores it and notifies the
// user.

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import { applyPage, cursorOf, type CatalogueCursor } from '../../../protocols/posts/catalogue.js';
import { isGrantValid } from '../../../protocols/posts/grant.js';
import { openChange, type CatalogueChange, type Manifest, type Removal } from '../../../protocols/posts/manifest.js';
import { postLetterShape, postsFrameShape, type PostPage } from '../../../protocols/posts/messages.js';
import type { Context } from '../core/context.js';
import type { LinkPeer } from '../core/events.js';
import { frameRoute, letterRoute, type EventOf, type Part } from '../core/part.js';
import type { FollowedCatalogue, StoredPost } from '../core/post-store.js';
import type { Downloads } from './downloads.js';
import type { PostDependencies } from './post-dependencies.js';

/** The store is trimmed after so many new changes, so it may hold so many too many. */
const TRIM_EVERY = 1_024;

export class FollowedCatalogues implements Part {
  readonly frames = { posts: frameRoute('friend', postsFrameShape, (peer, page) => this.page(peer, page)) };
  readonly letters = {
    post: letterRoute('friend', postLetterShape, ({ from: user, device }, page) => {
      this.page({ user, device }, page);
    }),
  };
  readonly on = {
    friendLinked: ({ peer }: EventOf<'friendLinked'>) => this.linked(peer),
    befriended: ({ user }: EventOf<'befriended'>) => this.befriended(user),
    unfriended: ({ user }: EventOf<'unfriended'>) => this.forget(user),
  };
  /** How many changes came since the last trim, by author. */
  private readonly untrimmed = new Map<string, number>();

  constructor(
    private readonly context: Context,
    private readonly parts: PostDependencies,
    private readonly downloads: Downloads,
  ) {}

  private befriended(user: string): void {
    this.context.store.posts.putFollowedCatalogue(this.of(user));
  }

  private linked({ user, device }: LinkPeer): void {
    this.request(user, cursorOf(this.of(user).cursor, device));
  }

  private request(user: string, { upTo: after, proof }: CatalogueCursor): void {
    this.parts.links.send(user, { type: 'posts_wanted', after, proof });
  }

  private forget(user: string): void {
    this.untrimmed.delete(user);
    this.context.store.posts.dropAuthor(user);
    this.context.store.posts.dropFollowing(user);
  }

  /** Takes a page of a friend's catalogue. False where no honest client writes it. */
  private page({ user, device }: LinkPeer, page: PostPage): boolean {
    if (this.parts.people.device(user)?.device !== device) return true; // from before they had a new device
    const catalogue = this.of(user);
    const step = applyPage(catalogue.cursor, device, page);
    const changes = page.items.map((item) => openChange(item, { user, device }, this.context.primitives));
    if (step === null || !changes.every((change) => change !== null)) return false;
    if (!this.hasRoom(user, page)) return true; // the cursor stays, so the page comes again (SPEC CHAT-20)
    changes.forEach((change, nth) => this.take(catalogue, change, page.after + nth + 1));
    const grant = this.grantIn(user, page) ?? catalogue.grant;
    this.context.store.posts.putFollowedCatalogue({ ...catalogue, cursor: step.cursor, grant });
    if (step.supersedesEarlierDevices) this.endEarlier(user, device);
    this.trim(user, page.items.length);
    if (step.requestsMore) this.request(user, step.cursor);
    return true;
  }

  private hasRoom(user: string, { items }: PostPage): boolean {
    const bytes = items.reduce((all, { payload }) => all + payload.length, 0);
    return items.length === 0 || this.parts.storageBudget.take(user, bytes);
  }

  /** Counts the changes that came: their numbers are the author's to choose. */
  private trim(user: string, came: number): void {
    const untrimmed = (this.untrimmed.get(user) ?? TRIM_EVERY) + came;
    if (untrimmed >= TRIM_EVERY) this.context.store.posts.keepNewest(user, LIMITS.postsKeptPerFriend);
    this.untrimmed.set(user, untrimmed % TRIM_EVERY);
  }

  private of(author: string): FollowedCatalogue {
    const known = this.context.store.posts.followedCatalogue(author);
    return known ?? { author, cursor: null, since: this.context.now, grant: null };
  }

  private take(catalogue: FollowedCatalogue, change: CatalogueChange, number: number): void {
    if (change.type === 'posted') this.posted(catalogue, change.manifest, number);
    else this.removed(change.removal, number);
  }

  private posted({ since }: FollowedCatalogue, manifest: Manifest, change: number): void {
    const { author, device, id, text = null, ...rest } = manifest;
    const known = this.context.store.posts.post(author, id);
    // An earlier device of the author removed the post, and the present one posted it again.
    const isAgain = known?.isRemoved === true && known.device !== device;
    if (known && !isAgain) return this.context.store.posts.put({ ...known, device, change });
    const isAhead = manifest.at > this.context.now + LIMITS.clockSkewMs;
    const at = isAhead ? this.context.now : manifest.at;
    const about = { ...rest, author, device, id, change, at, text };
    this.context.store.posts.put({ ...about, isRemoved: false, held: { at: 'nowhere' } });
    if (manifest.at + LIMITS.clockSkewMs < since) return;
    const { title, size, type: contentType } = manifest;
    this.context.notify({ event: 'post', from: author, post: id, title, size, contentType, text }, at);
  }

  private removed(removal: Removal, change: number): void {
    const { author, id, device } = removal;
    const known = this.context.store.posts.post(author, id);
    this.context.store.posts.put({ ...(known ?? nothingOf(removal)), ...nothing(), device, change });
    if (known?.isRemoved === false) this.notifyRemoved(author, id);
  }

  private endEarlier(author: string, device: string): void {
    for (const id of this.context.store.posts.dropOtherDevices(author, device)) this.notifyRemoved(author, id);
  }

  private notifyRemoved(author: string, id: string): void {
    this.context.notify({ event: 'post_removed', from: author, post: id });
    this.downloads.stop({ author, id }, 'POST_REMOVED', author);
  }

  private grantIn(author: string, { grant }: PostPage): Signed | null {
    const { me, serverClock, primitives } = this.context;
    const now = serverClock.nowForGrants;
    const devices = this.parts.people.record(author)?.devices.map(({ device }) => device) ?? [];
    const friend = { name: me.name, key: me.identity.publicKey };
    return grant && isGrantValid(grant, { author, devices, friend, now }, primitives) ? grant : null;
  }
}

/** What is erased of a removed post. */
function nothing(): Pick<StoredPost, 'title' | 'name' | 'text' | 'held' | 'isRemoved'> {
  return { title: '', name: '', text: null, held: { at: 'nowhere' }, isRemoved: true };
}

/** A post of which only the removal came. */
function nothingOf({ author, id, device, at }: Removal): StoredPost {
  return { author, id, device, change: 0, at, type: '', size: 0, sha256: '', isReshared: false, ...nothing() };
}

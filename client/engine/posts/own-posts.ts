// Our own catalogue: every change has the next number of this device; pages are signed when they leave.

import { byteLength } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import type { Manifest, Removal } from '../../../protocols/posts/manifest.js';
import type { PostPage } from '../../../protocols/posts/messages.js';
import type { Context } from '../core/context.js';
import { SETTINGS } from '../core/settings.js';
import type { StoredPost } from '../core/post-store.js';

/** What is new about a new post; the rest follows. */
export type NewPost = Pick<
  StoredPost,
  'id' | 'title' | 'name' | 'type' | 'size' | 'sha256' | 'isReshared' | 'text' | 'held'
>;

export class OwnPosts {
  private last: number;
  private lastAt: number;
  /** The page made last: many friends ask for the same page. */
  private made: { latest: number; page: PostPage } | null = null;

  constructor(private readonly context: Context) {
    const { store, me } = context;
    this.last = store.posts.lastChange(me.name);
    this.lastAt = store.posts.of(me.name, 1, null)[0]?.at ?? 0;
    if (store.setting(SETTINGS.postsDevice) === me.device.publicKey) return;
    store.posts.dropAllTold(); // friends have followed the catalogue of another device (SPEC POST-12)
    store.putSetting(SETTINGS.postsDevice, me.device.publicKey);
  }

  /** The number of our last change. */
  get latest(): number {
    return this.last;
  }

  get isFull(): boolean {
    return this.last >= LIMITS.postChangesMax;
  }

  get(id: string): StoredPost | null {
    const post = this.context.store.posts.post(this.context.me.name, id);
    return post?.isRemoved === false ? post : null;
  }

  add(post: NewPost): void {
    // Times rise, so that lists keep the order of posts of one moment.
    this.lastAt = Math.max(this.context.now, this.lastAt + 1);
    this.keep({ ...post, ...this.signature(), at: this.lastAt, isRemoved: false });
  }

  remove(post: StoredPost): void {
    const nothing = { title: '', name: '', text: null, held: { at: 'nowhere' } } as const;
    this.keep({ ...post, ...nothing, ...this.signature(), at: this.context.now, isRemoved: true });
  }

  /** What comes after a change, as much as fits one page. */
  page(after: number): PostPage {
    if (this.made?.latest === this.last && this.made.page.after === after) return this.made.page;
    const changes = this.context.store.posts.changesAfter(this.context.me.name, after, LIMITS.postsPerPage);
    const items = fitting(changes.map((post) => this.sign(post)));
    const upTo = changes[items.length - 1]?.change ?? this.last;
    const page = { after, upTo, items, more: upTo < this.last, proof: this.proofOf(upTo) };
    this.made = { latest: this.last, page };
    return page;
  }

  /** The newest of what comes after a change, as much as fits a letter. */
  newestPage(after: number): PostPage {
    const newest = this.context.store.posts.newestChanges(this.context.me.name, LIMITS.postsPerPage);
    const wanted = newest.filter(({ change }) => change > after);
    const items = fitting(wanted.map((post) => this.sign(post)));
    const oldest = wanted[items.length - 1];
    const isAll = items.length === wanted.length && wanted.length < LIMITS.postsPerPage;
    const begins = isAll || oldest === undefined ? after : oldest.change - 1;
    const [upTo, proof] = [this.last, this.proofOf(this.last)];
    return { after: Math.max(after, begins), upTo, items: items.reverse(), more: false, proof };
  }

  /** How we recognize, on an old copy of our data, that the catalogue had reached this change. */
  private proofOf(change: number): string {
    return this.context.ownProofs.ofCatalogue(this.context.me.device.publicKey, change);
  }

  private signature(): Pick<StoredPost, 'author' | 'device' | 'change'> {
    const { me } = this.context;
    return { author: me.name, device: me.device.publicKey, change: this.last + 1 };
  }

  private keep(post: StoredPost): void {
    this.last = post.change;
    this.context.store.posts.put(post);
  }

  private sign(post: StoredPost): Signed {
    const { me, primitives } = this.context;
    const { id, at, sha256, size, type, title, name, isReshared, text } = post;
    const said = { author: me.name, device: me.device.publicKey, id, at };
    const removal: Removal = said;
    if (post.isRemoved) return signObject('post_removal', removal, me.device, primitives);
    const manifest: Manifest = { ...said, sha256, size, type, title, name, isReshared };
    return signObject('post', text === null ? manifest : { ...manifest, text }, me.device, primitives);
  }
}

/** As many as one page may have, and at least one. In a letter they are JSON inside JSON: escaped twice. */
function fitting(items: readonly Signed[]): Signed[] {
  let bytes = 0;
  const end = items.findIndex((item, at) => {
    bytes += byteLength(JSON.stringify(JSON.stringify(item)));
    return at > 0 && bytes > LIMITS.postPageBytes;
  });
  return end < 0 ? [...items] : items.slice(0, end);
}

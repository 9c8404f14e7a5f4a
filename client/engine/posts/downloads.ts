// Downloads that were asked for (SPEC POST-20): each is a machine of its own, a few at a time, kept until it is over.

import { LIMITS } from '../../../protocols/kit/limits.js';
import { assertNever } from '../../../protocols/kit/machine.js';
import { Refusal, type RefusalCode } from '../../../protocols/kit/refusals.js';
import type { PostCommand } from '../../../protocols/control/commands/posts.js';
import { Download, type DownloadEffect, type DownloadInput } from '../../../protocols/posts/download.js';
import type { Context } from '../core/context.js';
import type { FetchedPost, PostInput, PostKey } from '../core/post-io.js';
import type { StoredDownload, StoredPost } from '../core/post-store.js';
import type { DownloadSources } from './download-sources.js';

type Get = Extract<PostCommand, { type: 'post_get' }>;
type FetchInput = Extract<PostInput, { type: `fetch_${string}` }>;
type PlaceInput = Extract<PostInput, { type: 'post_placed' | 'post_place_refused' }>;

interface UnderWay {
  readonly wish: StoredDownload;
  readonly post: StoredPost;
  readonly machine: Download;
  readonly isResumed: boolean;
  /** Commands that wait for its end. */
  refs: number[];
  fetch: number | null;
}

export class Downloads {
  private readonly underWay = new Map<string, UnderWay>();
  private readonly fetches = new Map<number, UnderWay>();
  /** Of these a part may lie on the disk still, until the next start: their name was taken. */
  private readonly left = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly sources: DownloadSources,
  ) {
    for (const wish of context.store.posts.downloads()) this.remember(wish, true);
    context.do({ type: 'parts_keep', posts: context.store.posts.downloads() });
  }

  /** The ids that friends are asked for now. */
  get asking(): string[] {
    const reshared = [...this.underWay.values()].filter(({ post, machine }) => post.isReshared && !machine.isQueued);
    return reshared.map(({ post }) => post.id);
  }

  awake(): void {
    this.takeTurns();
    for (const { post } of [...this.underWay.values()]) this.reachable(post.author);
  }

  /** Offline by our own wish: they go on when that is over. */
  asleep(): void {
    for (const one of [...this.underWay.values()].filter(({ fetch }) => fetch !== null)) {
      this.stopFetch(one);
      this.give(one, { type: 'fetch_failed', failure: 'interrupted', why: 'you are offline.', received: 0 });
    }
  }

  get(ref: number, { user, id, to, force }: Get): void {
    if (user === this.context.me.name) return this.context.refuseWith(ref, 'SELF');
    const post = this.context.store.posts.post(user, id);
    if (!post || post.isRemoved) return this.context.refuseWith(ref, 'POST_UNKNOWN', id);
    const known = this.underWay.get(keyOf(post));
    if (known && known.wish.to !== to) return this.context.refuseWith(ref, 'POST_UNDER_WAY', id);
    if (known) return void known.refs.push(ref);
    if (this.underWay.size >= LIMITS.postDownloadsKept) return this.context.refuseWith(ref, 'LIST_FULL', 'downloads');
    const wish: StoredDownload = { author: user, id, to, force };
    this.context.store.posts.putDownload(wish);
    this.remember(wish, this.left.has(keyOf({ author: user, id })))?.refs.push(ref);
    this.takeTurns();
  }

  /** The command `cancel` for a download; false where there is none of this id. */
  cancel(ref: number, id: string): boolean {
    const found = [...this.underWay.values()].filter(({ post }) => post.id === id);
    for (const one of found) this.stop(one.post, 'POST_CANCELLED', id);
    if (found.length > 0) this.context.succeed(ref, 'cancel', { id });
    return found.length > 0;
  }

  /** A post was removed, or its author is no friend any more. */
  stop({ author, id }: PostKey, code: RefusalCode, about: string): void {
    const one = this.underWay.get(keyOf({ author, id }));
    if (one) this.give(one, { type: 'stop', code, about });
  }

  stopAllOf(author: string): void {
    const theirs = [...this.underWay.values()].filter(({ post }) => post.author === author);
    for (const { post } of theirs) this.stop(post, 'NOT_FRIENDS', author);
  }

  /** A friend says that they have the bytes of a post. */
  held(by: string, id: string): void {
    for (const one of [...this.underWay.values()].filter(({ post }) => post.id === id && post.isReshared)) {
      this.give(one, { type: 'source_found', by });
    }
  }

  reachable(user: string): void {
    for (const one of [...this.underWay.values()]) this.give(one, { type: 'reachable', user });
  }

  fetched(input: FetchInput): void {
    const one = this.fetches.get(input.fetch);
    if (!one) return;
    if (input.type === 'fetch_progress') return this.came(one, input.received);
    this.fetches.delete(input.fetch);
    one.fetch = null;
    const { type: kind } = input;
    this.give(one, kind === 'fetch_done' ? { type: 'fetched' } : { ...input, type: 'fetch_failed' });
  }

  placed(input: PlaceInput): void {
    const one = this.underWay.get(keyOf(input.post));
    if (!one) return;
    if (input.type === 'post_place_refused') {
      return this.give(one, { type: 'place_failed', code: input.refusal.code, about: input.refusal.about });
    }
    const { path, stamp } = input;
    const post = this.context.store.posts.post(one.post.author, one.post.id);
    if (post && !post.isRemoved) this.context.store.posts.put({ ...post, held: { at: 'path', path, stamp } });
    this.give(one, { type: 'placed', path });
  }

  private remember(wish: StoredDownload, isResumed: boolean): UnderWay | null {
    const post = this.context.store.posts.post(wish.author, wish.id);
    if (!post || post.isRemoved) {
      this.context.store.posts.dropDownload(wish.author, wish.id);
      return null;
    }
    const { author, isReshared } = post;
    const machine = new Download({ author, isReshared, random: this.context.random });
    const one: UnderWay = { wish, post, machine, isResumed, refs: [], fetch: null };
    this.underWay.set(keyOf(post), one);
    return one;
  }

  /** Those who have waited longest go first, as many as may be under way at once. */
  private takeTurns(): void {
    const active = [...this.underWay.values()].filter(({ machine }) => !machine.isQueued);
    const byAuthor = new Map<string, number>();
    const count = (author: string): number => byAuthor.get(author) ?? 0;
    for (const { post } of active) byAuthor.set(post.author, count(post.author) + 1);
    let total = active.length;
    for (const one of [...this.underWay.values()].filter(({ machine }) => machine.isQueued)) {
      const { author } = one.post;
      if (total >= LIMITS.postDownloadsMax || count(author) >= LIMITS.postDownloadsPerAuthor) continue;
      byAuthor.set(author, count(author) + 1);
      total += 1;
      this.give(one, { type: 'start', isResumed: one.isResumed });
    }
  }

  private came(one: UnderWay, received: number): void {
    const { id, size } = one.post;
    this.context.tell({ event: 'progress', post: id, received, size });
    this.give(one, { type: 'progress', received });
  }

  private give(one: UnderWay, input: DownloadInput): void {
    for (const effect of one.machine.handle(input, this.context.now)) this.perform(one, effect);
    const name = `download ${keyOf(one.post)}`;
    const wakeAt = one.machine.wakeAt();
    if (wakeAt === null) this.context.alarms.drop(name);
    else this.context.alarms.set(name, wakeAt, () => this.give(one, { type: 'wake' }));
  }

  private perform(one: UnderWay, effect: DownloadEffect): void {
    const { post, wish } = one;
    switch (effect.type) {
      case 'fetch':
        return this.fetch(one, effect.from, effect.startsOver);
      case 'stop_fetch':
        return this.stopFetch(one);
      case 'ask_friends':
        return this.sources.ask(post);
      case 'place':
        return this.context.do({ type: 'post_place', post: aboutOf(post), to: wish.to, force: wish.force });
      case 'discard':
        return this.context.do({ type: 'part_discard', post: { author: post.author, id: post.id } });
      case 'report_waiting':
        return this.answer(one, new Refusal('POST_WAITING', effect.why));
      case 'done':
        return this.done(one, effect.path);
      case 'failed':
        return this.failed(one, new Refusal(effect.code, effect.about));
      default:
        return assertNever(effect);
    }
  }

  private fetch(one: UnderWay, from: string, startsOver: boolean): void {
    const fetch = this.context.freshRef();
    this.fetches.set(fetch, one);
    one.fetch = fetch;
    const target = one.wish.force ? null : one.wish.to;
    this.sources.fetch({ fetch, post: aboutOf(one.post), startsOver, target }, from);
  }

  private stopFetch(one: UnderWay): void {
    if (one.fetch === null) return;
    this.context.do({ type: 'fetch_stop', fetch: one.fetch });
    this.fetches.delete(one.fetch);
    one.fetch = null;
  }

  private done(one: UnderWay, path: string): void {
    const { id: post, sha256 } = one.post;
    this.context.tell({ event: 'post_done', post, path });
    for (const ref of one.refs.splice(0)) this.context.succeed(ref, 'post_get', { post, path, sha256 });
    this.over(one);
  }

  private failed(one: UnderWay, refusal: Refusal): void {
    if (one.refs.length === 0) this.context.warnRefusal(refusal);
    this.answer(one, refusal);
    if (refusal.code === 'FILE_EXISTS') this.left.add(keyOf(one.post));
    this.over(one);
  }

  private answer(one: UnderWay, refusal: Refusal): void {
    for (const ref of one.refs.splice(0)) this.context.refuse(ref, refusal);
  }

  private over(one: UnderWay): void {
    this.underWay.delete(keyOf(one.post));
    this.context.store.posts.dropDownload(one.post.author, one.post.id);
    this.takeTurns();
  }
}

function keyOf({ author, id }: PostKey): string {
  return `${author} ${id}`;
}

function aboutOf({ author, id, size, sha256 }: StoredPost): FetchedPost {
  return { author, id, size, sha256 };
}

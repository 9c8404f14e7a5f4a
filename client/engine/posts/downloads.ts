// Downloads that the user asked for (SPEC POST-20): each is a machine of its own, a few run at a time, all are kept
// until they are over.

import { LIMITS } from '../../../protocols/kit/limits.js';
import { assertNever, InlineDriver } from '../../../protocols/kit/machine.js';
import { Refusal, type RefusalCode } from '../../../protocols/kit/refusals.js';
import { Download, type DownloadEffect, type DownloadInput } from '../../../protocols/posts/download.js';
import type { OutboxMessage } from '../../../protocols/control/commands/messages.js';
import type { DownloadSummary } from '../../../protocols/control/commands/posts.js';
import { storedName } from '../../../protocols/posts/file-name.js';
import { postHeldFrameShape } from '../../../protocols/posts/messages.js';
import type { WaitingMessages, WaitingSource } from '../conversations/waiting-messages.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import { frameRoute, type CommandOf, type EventOf, type InputOf, type Part } from '../core/part.js';
import type { PostKey } from '../core/post-io.js';
import type { StoredDownload } from '../core/post-store.js';
import { aboutOf, keyOf, summaryOf, type ActiveDownload } from './active-download.js';
import type { DownloadSources } from './download-sources.js';

type FetchInput = InputOf<'fetch_progress' | 'fetch_done' | 'fetch_ended'>;
type PlaceInput = InputOf<'post_placed' | 'post_place_refused'>;

export class Downloads implements Part, WaitingSource {
  readonly commands = {
    post_get: (ref: number, command: CommandOf<'post_get'>) => this.get(ref, command),
    downloads: (ref: number) => this.context.succeed(ref, 'downloads', { downloads: this.list() }),
  };
  readonly inputs = {
    fetch_progress: (input: FetchInput) => this.fetched(input),
    fetch_done: (input: FetchInput) => this.fetched(input),
    fetch_ended: (input: FetchInput) => this.fetched(input),
    post_placed: (input: PlaceInput) => this.placed(input),
    post_place_refused: (input: PlaceInput) => this.placed(input),
  };
  readonly frames = { post_held: frameRoute('friend', postHeldFrameShape, ({ user }, { id }) => this.held(user, id)) };
  readonly on = {
    awake: () => this.awake(),
    asleep: () => this.asleep(),
    presence: ({ user, isOnline }: EventOf<'presence'>) => void (isOnline && this.reachable(user)),
    friendLinked: ({ peer }: EventOf<'friendLinked'>) => this.linked(peer.user),
    unfriended: ({ user }: EventOf<'unfriended'>) => this.stopAllOf(user),
  };
  private readonly underWay = new Map<string, ActiveDownload>();
  private readonly fetches = new Map<number, ActiveDownload>();
  /** Downloads that failed because of their target: a part of each may stay on disk until the next start. */
  private readonly partial = new Set<string>();
  /** Fetches that could not begin. They end with the turn, after the part that began them has finished. */
  private readonly unstarted: { fetch: number; why: string }[] = [];
  private readonly alarms: PartAlarms;

  constructor(
    private readonly context: Context,
    private readonly sources: DownloadSources,
    waitingMessages: WaitingMessages,
  ) {
    this.alarms = context.alarms.for('download');
    waitingMessages.add(this);
    for (const request of context.store.posts.downloads()) this.remember(request, true);
    context.emit({ type: 'parts_keep', posts: context.store.posts.downloads() });
  }

  /** Downloads are not messages: `outbox` counts them and does not list them. */
  waiting(): OutboxMessage[] {
    return [];
  }

  get downloadsWaiting(): number {
    return this.underWay.size;
  }

  flush(): void {
    for (let one = this.unstarted.shift(); one; one = this.unstarted.shift()) {
      this.fetched({ type: 'fetch_ended', failure: 'interrupted', received: 0, ...one });
    }
  }

  private list(): DownloadSummary[] {
    return [...this.underWay.values()].map(summaryOf);
  }

  private awake(): void {
    this.takeTurns();
    for (const { post } of [...this.underWay.values()]) this.reachable(post.author);
  }

  /** The user went offline: downloads go on after the next `awake`. */
  private asleep(): void {
    for (const one of [...this.underWay.values()].filter(({ fetch }) => fetch !== null)) {
      this.stopFetch(one);
      one.driver.put({ type: 'fetch_failed', failure: 'interrupted', why: 'you are offline.', received: 0 });
    }
  }

  private get(ref: number, { user, id, to, force }: CommandOf<'post_get'>): void {
    if (user === this.context.me.name) return this.context.refuseWith(ref, 'SELF');
    const post = this.context.store.posts.post(user, id);
    if (!post || post.isRemoved) return this.context.refuseWith(ref, 'POST_UNKNOWN', id);
    const known = this.underWay.get(keyOf(post));
    if (known && known.request.to !== to) return this.context.refuseWith(ref, 'POST_UNDER_WAY', id);
    if (known) return void known.refs.push(ref);
    if (this.underWay.size >= LIMITS.postDownloadsKept) return this.context.refuseWith(ref, 'LIST_FULL', 'downloads');
    const request: StoredDownload = { author: user, id, to, force };
    this.context.store.posts.putDownload(request);
    this.remember(request, this.partial.has(keyOf({ author: user, id })))?.refs.push(ref);
    this.takeTurns();
  }

  /** The command `cancel` for a download; false where none has this id. */
  cancel(ref: number, id: string): boolean {
    const found = [...this.underWay.values()].filter(({ post }) => post.id === id);
    for (const one of found) this.stop(one.post, 'POST_CANCELLED', id);
    if (found.length > 0) this.context.succeed(ref, 'cancel', { id });
    return found.length > 0;
  }

  /** The post was removed, or its author is no longer a friend. */
  stop({ author, id }: PostKey, code: RefusalCode, about: string): void {
    const one = this.underWay.get(keyOf({ author, id }));
    if (one) one.driver.put({ type: 'stop', code, about });
  }

  private stopAllOf(author: string): void {
    const theirs = [...this.underWay.values()].filter(({ post }) => post.author === author);
    for (const { post } of theirs) this.stop(post, 'NOT_FRIENDS', author);
  }

  private linked(user: string): void {
    for (const { post, machine } of this.underWay.values()) {
      if (post.isReshared && !machine.isQueued) this.sources.askOne(user, post.id);
    }
    this.reachable(user);
  }

  /** A friend has the bytes of a post. */
  private held(by: string, id: string): void {
    for (const one of [...this.underWay.values()].filter(({ post }) => post.id === id && post.isReshared)) {
      one.driver.put({ type: 'source_found', by });
    }
  }

  private reachable(user: string): void {
    for (const one of [...this.underWay.values()]) one.driver.put({ type: 'reachable', user });
  }

  private fetched(input: FetchInput): void {
    const one = this.fetches.get(input.fetch);
    if (!one) return;
    if (input.type === 'fetch_progress') return this.came(one, input.received);
    this.fetches.delete(input.fetch);
    one.fetch = null;
    one.driver.put(input.type === 'fetch_done' ? { type: 'fetched' } : { ...input, type: 'fetch_failed' });
  }

  private placed(input: PlaceInput): void {
    const one = this.underWay.get(keyOf(input.post));
    if (!one) return;
    if (input.type === 'post_place_refused') {
      return one.driver.put({ type: 'place_failed', code: input.refusal.code, about: input.refusal.about });
    }
    const { path, stamp } = input;
    const post = this.context.store.posts.post(one.post.author, one.post.id);
    if (post && !post.isRemoved) this.context.store.posts.put({ ...post, held: { at: 'path', path, stamp } });
    one.driver.put({ type: 'placed', path });
  }

  private remember(request: StoredDownload, isResumed: boolean): ActiveDownload | null {
    const post = this.context.store.posts.post(request.author, request.id);
    if (!post || post.isRemoved) {
      this.context.store.posts.dropDownload(request.author, request.id);
      return null;
    }
    const { author, isReshared } = post;
    const machine = new Download({ author, isReshared, random: this.context.random });
    const key = keyOf(post);
    const driver = new InlineDriver<DownloadInput, DownloadEffect>({
      machine,
      now: () => this.context.now,
      wakeInput: { type: 'wake' },
      perform: (effect) => this.perform(one, effect),
      setAlarm: (at, ring) => this.alarms.set(key, at, ring),
    });
    const one: ActiveDownload = {
      request,
      post,
      machine,
      driver,
      isResumed,
      refs: [],
      fetch: null,
      isDiscarded: false,
    };
    this.underWay.set(key, one);
    return one;
  }

  /** Starts waiting downloads, the oldest first, as many as may be under way at once. */
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
      one.driver.put({ type: 'start', isResumed: one.isResumed });
    }
  }

  private came(one: ActiveDownload, received: number): void {
    const { id, size } = one.post;
    this.context.notify({ event: 'progress', post: id, received, size });
    one.driver.put({ type: 'progress', received });
  }

  private perform(one: ActiveDownload, effect: DownloadEffect): void {
    const { post } = one;
    switch (effect.type) {
      case 'fetch':
        return this.fetch(one, effect.from, effect.startsOver);
      case 'stop_fetch':
        return this.stopFetch(one);
      case 'ask_friends':
        return this.sources.ask(post);
      case 'place':
        return this.place(one);
      case 'discard':
        one.isDiscarded = true;
        return this.context.emit({ type: 'part_discard', post: { author: post.author, id: post.id } });
      case 'waits':
        return this.context.notify({ event: 'post_waiting', post: post.id, from: post.author, why: effect.why });
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

  private place({ post, request: { to, force } }: ActiveDownload): void {
    this.context.emit({ type: 'post_place', post: aboutOf(post), name: storedName(post), to, force });
  }

  private fetch(one: ActiveDownload, from: string, startsOver: boolean): void {
    const fetch = this.context.freshRef();
    this.fetches.set(fetch, one);
    one.fetch = fetch;
    const { to, force } = one.request;
    const target = to === null ? null : { path: to, force };
    one.isDiscarded = false;
    const why = this.sources.fetch({ fetch, post: aboutOf(one.post), startsOver, target }, from);
    if (why !== null) this.unstarted.push({ fetch, why });
  }

  private stopFetch(one: ActiveDownload): void {
    if (one.fetch === null) return;
    this.context.emit({ type: 'fetch_stop', fetch: one.fetch });
    this.fetches.delete(one.fetch);
    one.fetch = null;
  }

  private done(one: ActiveDownload, path: string): void {
    const { id: post, author: from, title, sha256 } = one.post;
    this.context.notify({ event: 'post_done', post, from, title, path });
    for (const ref of one.refs.splice(0)) this.context.succeed(ref, 'post_get', { post, path, sha256 });
    this.over(one);
  }

  private failed(one: ActiveDownload, refusal: Refusal): void {
    if (one.refs.length === 0) this.context.warnRefusal(refusal);
    this.answer(one, refusal);
    if (!one.isDiscarded) this.partial.add(keyOf(one.post));
    this.over(one);
  }

  private answer(one: ActiveDownload, refusal: Refusal): void {
    for (const ref of one.refs.splice(0)) this.context.refuse(ref, refusal);
  }

  private over(one: ActiveDownload): void {
    this.underWay.delete(keyOf(one.post));
    this.context.store.posts.dropDownload(one.post.author, one.post.id);
    this.takeTurns();
  }
}

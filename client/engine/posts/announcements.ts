// Brings our catalogue to every friend (SPEC POST-8, POST-9, POST-13): over the link, else by letters now and then.

import { TokenBucket } from '../../../protocols/kit/bounds/token-bucket.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import { CatalogueAnnouncer, NO_PROGRESS } from '../../../protocols/posts/catalogue-announcer.js';
import { signGrant } from '../../../protocols/posts/grant.js';
import type { PostPage } from '../../../protocols/posts/messages.js';
import type { Context } from '../core/context.js';
import type { LetterOutcome } from '../server/outgoing-mail.js';
import type { OwnPosts } from './own-posts.js';
import type { PostDependencies } from './post-dependencies.js';

const PAGES = { perSecond: LIMITS.postPagesPerSecond, burst: LIMITS.postPagesBurst };

export class Announcements {
  private hasNews = false;
  private readonly byFriend = new Map<string, CatalogueAnnouncer>();
  /** Friends to whom a letter is on its way to the name server. */
  private readonly leaving = new Set<string>();
  /** How often each friend may ask for a page. */
  private readonly paces = new Map<string, TokenBucket>();
  /** When each friend was given a grant, in this run. */
  private readonly grantedAt = new Map<string, number>();

  constructor(
    private readonly context: Context,
    private readonly parts: PostDependencies,
    private readonly own: OwnPosts,
  ) {}

  /** There is a new change: friends hear of all those of a turn together. */
  news(): void {
    this.hasNews = true;
  }

  /** Before the turn ends. */
  flush(): void {
    if (!this.hasNews) return;
    this.hasNews = false;
    for (const { name } of this.parts.people.friends()) this.bring(name);
  }

  linked(user: string): void {
    this.of(user).linked();
    this.context.alarms.drop(`posts for ${user}`);
  }

  unlinked(user: string): void {
    this.of(user).unlinked();
    this.context.alarms.drop(`page for ${user}`);
    this.consider(user);
  }

  /** They say how far they have followed us. */
  wanted(user: string, after: number): void {
    const announcing = this.of(user);
    const reply = announcing.pageRequested(after, this.own.latest);
    if (reply === 'stale_copy') return this.context.report({ type: 'outrun', user });
    this.keep(user, announcing);
    if (reply === 'page') this.sendInTurn(user, after);
  }

  /** A page is signed anew each time: whoever asks very often waits, and only for what was asked last. */
  private sendInTurn(user: string, after: number): void {
    const { now, alarms } = this.context;
    const pace = this.paces.get(user) ?? new TokenBucket(PAGES, now);
    this.paces.set(user, pace);
    if (pace.take(now)) return this.sendPage(user, after);
    alarms.set(`page for ${user}`, now + pace.waitMs(now), () => this.sendInTurn(user, after));
  }

  /** They came online: what they have not acknowledged, letters or none, is worth a link. */
  cameOnline(user: string): void {
    const isUntold = this.of(user).progress.acknowledged < this.own.latest;
    if (isUntold && this.parts.people.isFriend(user)) this.parts.reach.wish(user, LIMITS.connectAttemptMs);
  }

  considerAll(): void {
    for (const { name } of this.parts.people.friends()) this.consider(name);
  }

  /** Leaves what is untold as a letter, now or when a link has been tried for long enough. */
  consider(user: string): void {
    const { session, people, mail, reach, presence } = this.parts;
    const letterAt = this.letterAt(user);
    if (letterAt === null || !session.isOnline || !people.isFriend(user)) return;
    if (this.leaving.has(user) || mail.isFriendshipUnsaid(user)) return; // `mailed` looks again
    if (!presence.isKnownOffline(user)) reach.wish(user, LIMITS.connectAttemptMs);
    const dueAt = Math.max(letterAt, this.patienceEnds(user));
    if (this.context.now >= dueAt) return this.leave(user);
    this.context.alarms.set(`posts for ${user}`, dueAt, () => this.consider(user));
  }

  /** What the name server holds for a friend will not do its work there. */
  leaveAgain(user: string): void {
    const announcing = this.of(user);
    announcing.reset();
    this.keep(user, announcing);
    this.consider(user);
  }

  forget(user: string): void {
    this.byFriend.delete(user);
    this.grantedAt.delete(user);
    this.paces.delete(user);
    this.context.alarms.drop(`posts for ${user}`);
    this.context.alarms.drop(`page for ${user}`);
    this.context.store.posts.dropTold(user);
  }

  /** True while something could be brought to a friend right now. */
  get isUnderWay(): boolean {
    if (!this.parts.session.isOnline) return false;
    return this.parts.people.friends().some(({ name }) => {
      const letterAt = this.letterAt(name);
      return this.leaving.has(name) || (letterAt !== null && letterAt <= this.context.now) || this.isOnItsWay(name);
    });
  }

  private isOnItsWay(user: string): boolean {
    return this.parts.links.isLinked(user) && this.of(user).progress.acknowledged < this.own.latest;
  }

  private bring(user: string): void {
    if (this.of(user).push(this.own.latest)) this.sendPage(user, this.of(user).progress.acknowledged);
    else this.consider(user);
  }

  private sendPage(user: string, after: number): void {
    const page = { ...this.own.page(after), ...this.grantFor(user) };
    this.parts.links.send(user, { type: 'posts', ...page });
  }

  private letterAt(user: string): number | null {
    const announcing = this.of(user);
    const { mailedUpTo, acknowledged, mailedAt } = announcing.progress;
    const isLetGoOf = mailedUpTo > acknowledged && this.context.now - mailedAt > this.parts.session.heldMs;
    if (isLetGoOf) announcing.reset();
    return announcing.letterAt(this.own.latest);
  }

  private patienceEnds(user: string): number {
    const { hold, presence, reach } = this.parts;
    if (hold.exitMode !== 'none' || presence.isKnownOffline(user)) return this.context.now;
    return (reach.triedSince(user) ?? this.context.now) + this.context.options.linkWaitMs;
  }

  private leave(user: string): void {
    const page: PostPage = { ...this.own.newestPage(this.of(user).progress.acknowledged), ...this.grantFor(user) };
    this.leaving.add(user);
    this.parts.mail.send(user, 'post', page, (fate) => this.left(user, page.upTo, fate));
  }

  private left(user: string, upTo: number, fate: LetterOutcome): void {
    this.leaving.delete(user);
    if (!this.parts.people.isFriend(user)) return;
    if (fate === 'taken') {
      const announcing = this.of(user);
      announcing.letterAccepted(upTo, this.context.now);
      this.keep(user, announcing);
      return this.consider(user);
    }
    this.grantedAt.delete(user);
    const retryAt = this.context.now + LIMITS.letterRetryMs;
    this.context.alarms.set(`posts for ${user}`, retryAt, () => this.consider(user));
  }

  private grantFor(user: string): { grant?: Signed } {
    const { me, now, primitives } = this.context;
    const key = this.parts.people.get(user)?.pinned?.key;
    const last = this.grantedAt.get(user);
    const isFresh = last !== undefined && now - last < LIMITS.postGrantRenewMs;
    if (key === undefined || isFresh) return {};
    this.grantedAt.set(user, now);
    return { grant: signGrant({ author: me.name, friend: { name: user, key }, now }, me.device, primitives) };
  }

  private of(user: string): CatalogueAnnouncer {
    const known = this.byFriend.get(user);
    if (known) return known;
    const announcing = new CatalogueAnnouncer(this.context.store.posts.told(user) ?? NO_PROGRESS);
    this.byFriend.set(user, announcing);
    return announcing;
  }

  private keep(user: string, announcing: CatalogueAnnouncer): void {
    this.context.store.posts.putTold(user, announcing.progress);
  }
}

// Announces our catalogue to every friend (SPEC POST-8, POST-9, POST-13): over the link, or by a letter now and then.

import { TokenBucket } from '../../../protocols/kit/bounds/token-bucket.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import { CatalogueAnnouncer, NO_PROGRESS } from '../../../protocols/posts/catalogue-announcer.js';
import { signGrant } from '../../../protocols/posts/grant.js';
import { postsWantedFrameShape, type PostPage, type PostsWantedFrame } from '../../../protocols/posts/messages.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import { frameRoute, type EventOf, type Part } from '../core/part.js';
import type { LetterOutcome } from '../server/outgoing-mail.js';
import type { OwnPosts } from './own-posts.js';
import type { PostDependencies } from './post-dependencies.js';

const PAGES = { perSecond: LIMITS.postPagesPerSecond, burst: LIMITS.postPagesBurst };

export class Announcements implements Part {
  readonly frames = {
    posts_wanted: frameRoute('friend', postsWantedFrameShape, ({ user }, wanted) => this.wanted(user, wanted)),
  };
  readonly on = {
    online: () => this.considerAll(),
    presence: (event: EventOf<'presence'>) => this.presence(event),
    friendLinked: ({ peer }: EventOf<'friendLinked'>) => this.linked(peer.user),
    unlinked: ({ user }: EventOf<'unlinked'>) => this.unlinked(user),
    befriended: ({ user }: EventOf<'befriended'>) => this.consider(user),
    unfriended: ({ user }: EventOf<'unfriended'>) => this.forget(user),
    friendshipLetterSent: ({ user }: EventOf<'friendshipLetterSent'>) => this.consider(user),
    friendshipReaffirmed: ({ user }: EventOf<'friendshipReaffirmed'>) => this.leaveAgain(user),
    friendDeviceChanged: ({ user }: EventOf<'friendDeviceChanged'>) => this.leaveAgain(user),
  };
  private readonly letterAlarms: PartAlarms;
  private readonly pageAlarms: PartAlarms;
  private hasChanged = false;
  private readonly byFriend = new Map<string, CatalogueAnnouncer>();
  /** Friends whose letter is on its way to the name server. */
  private readonly leaving = new Set<string>();
  /** How often each friend may ask for a page. */
  private readonly paces = new Map<string, TokenBucket>();
  /** When each friend was given a grant, in this run. */
  private readonly grantedAt = new Map<string, number>();

  constructor(
    private readonly context: Context,
    private readonly parts: PostDependencies,
    private readonly own: OwnPosts,
  ) {
    this.letterAlarms = context.alarms.for('posts by letter');
    this.pageAlarms = context.alarms.for('posts by link');
  }

  /** The catalogue has a new change. Friends hear of all changes of a turn together. */
  changed(): void {
    this.hasChanged = true;
  }

  flush(): void {
    if (!this.hasChanged) return;
    this.hasChanged = false;
    for (const { name } of this.parts.people.friends()) this.bring(name);
  }

  private linked(user: string): void {
    this.of(user).linked();
    this.letterAlarms.drop(user);
  }

  private unlinked(user: string): void {
    this.of(user).unlinked();
    this.pageAlarms.drop(user);
    this.consider(user);
  }

  /** A friend says how far it has followed our catalogue. */
  private wanted(user: string, { after, proof }: PostsWantedFrame): void {
    const announcing = this.of(user);
    const reply = announcing.pageRequested(after, this.own.latest);
    if (reply === 'beyond') return this.parts.staleCopies.catalogueFollowed(user, { change: after, proof });
    this.keep(user, announcing);
    if (reply === 'page') this.sendInTurn(user, after);
  }

  /** Each page is signed anew: a friend that asks very often waits, and gets only what it asked for last. */
  private sendInTurn(user: string, after: number): void {
    const { now } = this.context;
    const pace = this.paces.get(user) ?? new TokenBucket(PAGES, now);
    this.paces.set(user, pace);
    if (pace.take(now)) return this.sendPage(user, after);
    this.pageAlarms.set(user, now + pace.waitMs(now), () => this.sendInTurn(user, after));
  }

  private presence({ user, isOnline }: EventOf<'presence'>): void {
    this.consider(user);
    // A friend that is online gets by link what it has not acknowledged, even where a letter was left.
    const isBehind = isOnline && this.of(user).progress.acknowledged < this.own.latest;
    if (isBehind && this.parts.people.isFriend(user)) this.parts.connector.want(user, LIMITS.connectAttemptMs);
  }

  private considerAll(): void {
    for (const { name } of this.parts.people.friends()) this.consider(name);
  }

  /** Leaves what was not announced as a letter, now or when a link has been tried for long enough. */
  private consider(user: string): void {
    const { session, people, mail, connector, presence, handOff } = this.parts;
    const letterAt = this.letterAt(user);
    if (letterAt === null || !session.isOnline || !people.isFriend(user)) return;
    if (this.leaving.has(user) || mail.hasFriendshipLetter(user)) return; // `friendshipLetterSent` considers again
    if (!presence.isKnownOffline(user)) connector.want(user, LIMITS.connectAttemptMs);
    const dueAt = Math.max(letterAt, handOff.letterDueAt(user), mail.readyAt('post'));
    if (this.context.now >= dueAt) return this.leave(user);
    this.letterAlarms.set(user, dueAt, () => this.consider(user));
  }

  /** The letter that the name server holds for a friend is useless there. */
  private leaveAgain(user: string): void {
    const announcing = this.of(user);
    announcing.reset();
    this.keep(user, announcing);
    this.consider(user);
  }

  private forget(user: string): void {
    this.byFriend.delete(user);
    this.grantedAt.delete(user);
    this.paces.delete(user);
    this.letterAlarms.drop(user);
    this.pageAlarms.drop(user);
    this.context.store.posts.dropTold(user);
  }

  /** Announces at once what friends have not heard of. True once that is done. */
  finish(): boolean {
    this.flush();
    this.considerAll();
    return !this.isUnderWay;
  }

  /** True while something could be announced to a friend right now. */
  private get isUnderWay(): boolean {
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
    this.parts.links.send(user, { type: 'posts', ...this.own.page(after), ...this.grantFor(user) });
  }

  private letterAt(user: string): number | null {
    const announcing = this.of(user);
    const { mailedUpTo, acknowledged, mailedAt } = announcing.progress;
    const isExpired = mailedUpTo > acknowledged && this.context.now - mailedAt > this.parts.session.heldMs;
    if (isExpired) announcing.reset();
    return announcing.letterAt(this.own.latest);
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
    const retryAt = this.parts.mail.retryAt('post', fate);
    this.letterAlarms.set(user, retryAt, () => this.consider(user));
  }

  private grantFor(user: string): { grant?: Signed } {
    const { me, now, primitives, serverClock } = this.context;
    const key = this.parts.people.get(user)?.pinned?.key;
    const last = this.grantedAt.get(user);
    const isFresh = last !== undefined && now - last < LIMITS.postGrantRenewMs;
    if (key === undefined || isFresh) return {};
    this.grantedAt.set(user, now);
    const named = { author: me.name, friend: { name: user, key }, now: serverClock.nowForGrants };
    return { grant: signGrant(named, me.device, primitives) };
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

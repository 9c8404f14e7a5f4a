// Finding each other (protocols/links): dial what worked last time, exchange offers through the name server, try
// again with patience.

import { Backoff } from '../../../protocols/kit/backoff.js';
import { toBase64url } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { offerLetterShape, type OfferLetter } from '../../../protocols/links/messages.js';
import type { Context } from '../core/context.js';
import type { ReceivedLetter } from '../core/events.js';
import type { Endpoint } from '../core/io.js';
import type { Links } from './links.js';
import type { OutgoingMail } from '../server/outgoing-mail.js';
import type { People } from '../identity/people.js';
import type { Presence } from '../server/presence.js';
import type { Session } from '../server/session.js';

interface Parts {
  readonly people: People;
  readonly links: Links;
  readonly mail: OutgoingMail;
  readonly presence: Presence;
  readonly session: Session;
}

/** Words between two people, or words of groups. */
type Need = 'chat' | 'groups';

/** The way to one friend. It outlives the link, so that a link which breaks at once is not dialled at once again. */
interface Route {
  readonly backoff: Backoff;
  /** Since when a link is tried for, null while none is wanted or there is one. */
  since: number | null;
  /** What waits for the other: the link is tried for until nothing does. */
  readonly needs: Set<Need>;
  /** Until when it is wished for anyway. */
  wishedUntil: number;
  /** When the last link came about. */
  linkedAt: number | null;
  /** Of the offer we sent last. */
  nonce: string | null;
  /** Dials under way. */
  dials: number;
}

const RETRY = { firstMs: LIMITS.linkRetryFirstMs, ceilingMs: LIMITS.linkRetryCeilingMs };

export class Connector {
  /** Our own addresses, as the host knows them. */
  private local: readonly Endpoint[] = [];
  private readonly routes = new Map<string, Route>();
  private readonly dials = new Map<number, string>();

  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {}

  /** The port we listen on. */
  get port(): number {
    return this.local[0]?.port ?? 1;
  }

  network(endpoints: readonly Endpoint[]): void {
    this.local = endpoints;
  }

  /** Something waits for a friend: a link is tried for until `needless`. */
  need(user: string, what: Need = 'chat'): void {
    this.route(user).needs.add(what);
    this.begin(user);
  }

  needless(user: string, what: Need = 'chat'): void {
    this.routes.get(user)?.needs.delete(what);
  }

  /** A link would be good to have; it is tried for `forMs`. */
  wish(user: string, forMs: number): void {
    const route = this.route(user);
    route.wishedUntil = Math.max(route.wishedUntil, this.context.now + forMs);
    this.begin(user);
  }

  /** Since when a link has been tried for, null if none is. */
  triedSince(user: string): number | null {
    return this.routes.get(user)?.since ?? null;
  }

  linked(user: string): void {
    this.rest(user);
    this.route(user).linkedAt = this.context.now;
  }

  /** They are no friend any more. */
  forget(user: string): void {
    this.rest(user);
    this.routes.delete(user);
  }

  /** The user wants to be left alone: no more dialling. */
  sleep(): void {
    for (const user of this.routes.keys()) this.rest(user);
    for (const route of this.routes.values()) route.dials = 0;
    this.dials.clear();
  }

  /** They came online, or we did: whatever failed before says nothing about now. */
  tryNow(user: string): void {
    const route = this.routes.get(user);
    if (!route || route.since === null) return;
    route.backoff.succeeded();
    this.try(user);
  }

  tryAllNow(): void {
    for (const user of this.routes.keys()) this.tryNow(user);
  }

  /** Whom a dial that is over was for, if it is one of ours. */
  takeDial(dial: number): string | null {
    const user = this.dials.get(dial) ?? null;
    const route = user === null ? undefined : this.routes.get(user);
    if (route) route.dials -= 1;
    this.dials.delete(dial);
    return user;
  }

  letter(letter: ReceivedLetter): void {
    const { from, kind, body } = letter;
    if (!offerLetterShape.accepts(body) || !this.parts.people.mayLink(from) || !this.parts.session.isWanted) return;
    if (kind === 'offer') {
      // The other side dials what we answer while we dial what it offered: one of the two will get through.
      this.parts.mail.send(from, 'answer', this.offer(body.nonce), () => undefined);
      if (!this.parts.links.isLinked(from)) this.dial(from, body.endpoints);
      return;
    }
    if (this.routes.get(from)?.nonce === body.nonce) this.dial(from, body.endpoints);
  }

  private route(user: string): Route {
    const known = this.routes.get(user);
    if (known) return known;
    const backoff = new Backoff(RETRY, this.context.random);
    const route = {
      backoff,
      since: null,
      needs: new Set<Need>(),
      wishedUntil: 0,
      linkedAt: null,
      nonce: null,
      dials: 0,
    };
    this.routes.set(user, route);
    return route;
  }

  private begin(user: string): void {
    const route = this.route(user);
    if (route.since !== null || !this.parts.session.isWanted || this.parts.links.isLinked(user)) return;
    const { now } = this.context;
    route.since = now;
    const wasBrief = route.linkedAt !== null && now - route.linkedAt < LIMITS.linkDialMs;
    if (wasBrief) return this.tryLater(user, route);
    route.backoff.succeeded();
    this.try(user);
  }

  private try(user: string): void {
    const route = this.route(user);
    const person = this.parts.people.get(user);
    const isOver = route.needs.size === 0 && this.context.now >= route.wishedUntil;
    if (isOver || !person || this.parts.links.isLinked(user)) return this.rest(user);
    this.dial(user, person.endpoints);
    if (this.parts.presence.isOnline(user)) this.sendOffer(user, route);
    this.tryLater(user, route);
  }

  private tryLater(user: string, route: Route): void {
    this.context.alarms.set(`reach ${user}`, this.context.now + route.backoff.next(), () => this.try(user));
  }

  private rest(user: string): void {
    this.context.alarms.drop(`reach ${user}`);
    const route = this.routes.get(user);
    if (!route) return;
    route.needs.clear();
    Object.assign(route, { since: null, wishedUntil: 0, nonce: null });
  }

  private sendOffer(user: string, route: Route): void {
    route.nonce = toBase64url(this.context.random.bytes(32));
    this.parts.mail.send(user, 'offer', this.offer(route.nonce), () => undefined);
  }

  private dial(user: string, endpoints: readonly Endpoint[]): void {
    const devices = this.parts.people.record(user)?.devices.map(({ device }) => device) ?? [];
    const route = this.route(user);
    if (endpoints.length === 0 || devices.length === 0 || route.dials >= LIMITS.dialsPerFriend) return;
    route.dials += 1;
    const dial = this.context.freshRef();
    this.dials.set(dial, user);
    this.context.do({ type: 'dial', dial, endpoints: endpoints.slice(0, LIMITS.endpointsPerOffer), devices });
  }

  private offer(nonce: string): OfferLetter {
    const { seenAddress } = this.parts.session;
    const isListed = seenAddress === null || this.local.some(({ host }) => host === seenAddress);
    const seen = isListed ? [] : [{ host: seenAddress, port: this.port }];
    return { nonce, endpoints: [...this.local, ...seen].slice(0, LIMITS.endpointsPerOffer) };
  }
}

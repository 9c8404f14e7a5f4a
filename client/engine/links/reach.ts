// Finding each other (PROTOCOLS 4): dial what worked last time, exchange offers through the name server, try again with patience.

import { Backoff } from '../../../protocols/kit/backoff.js';
import { toBase64url } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { offerShape, type Offer } from '../../../protocols/links/messages.js';
import type { Context } from '../context.js';
import type { ReceivedLetter } from '../facts.js';
import type { Endpoint } from '../world.js';
import type { Links } from './links.js';
import type { OutgoingMail } from '../mail/outgoing-mail.js';
import type { People } from '../people/people.js';
import type { Presence } from '../people/presence.js';
import type { Session } from '../account/session.js';

interface Parts {
  readonly people: People;
  readonly links: Links;
  readonly mail: OutgoingMail;
  readonly presence: Presence;
  readonly session: Session;
}

/** One friend we want a link with. `nonce`: of the offer we sent last. */
interface Wanted {
  readonly since: number;
  /** Until when; a later wish extends it. */
  until: number;
  readonly backoff: Backoff;
  nonce: string | null;
}

const RETRY = { firstMs: LIMITS.linkRetryFirstMs, ceilingMs: LIMITS.linkRetryCeilingMs };

export class Reach {
  /** Our own addresses, as the host knows them. */
  private local: readonly Endpoint[] = [];
  private readonly wanted = new Map<string, Wanted>();
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

  /** Asks for a link with a friend; it is tried until there is one, nobody wants it any more, or `forMs` are over. */
  want(user: string, forMs = Number.POSITIVE_INFINITY): void {
    if (!this.parts.session.isWanted || this.parts.links.isLinked(user)) return;
    const until = this.context.now + forMs;
    const wanted = this.wanted.get(user);
    if (wanted) {
      wanted.until = Math.max(wanted.until, until);
      return;
    }
    const backoff = new Backoff(RETRY, this.context.dice);
    this.wanted.set(user, { since: this.context.now, until, backoff, nonce: null });
    this.try(user);
  }

  /** Since when a link has been tried for, null if none is wanted. */
  wantedSince(user: string): number | null {
    return this.wanted.get(user)?.since ?? null;
  }

  /** Nobody wants the link any more, or there is one. */
  unwant(user: string): void {
    this.wanted.delete(user);
    this.context.alarms.drop(`reach ${user}`);
  }

  /** The user wants to be left alone: no more dialling. */
  sleep(): void {
    for (const user of [...this.wanted.keys()]) this.unwant(user);
    this.dials.clear();
  }

  /** They came online, or we did: whatever failed before says nothing about now. */
  tryNow(user: string): void {
    const wanted = this.wanted.get(user);
    if (!wanted) return;
    wanted.backoff.succeeded();
    this.try(user);
  }

  tryAllNow(): void {
    for (const user of [...this.wanted.keys()]) this.tryNow(user);
  }

  /** Whom a dial was for, if it is one of ours. */
  takeDial(dial: number): string | null {
    const user = this.dials.get(dial) ?? null;
    this.dials.delete(dial);
    return user;
  }

  letter(letter: ReceivedLetter): void {
    const { from, kind, body } = letter;
    if (!offerShape.accepts(body) || !this.parts.people.isFriend(from) || !this.parts.session.isWanted) return;
    if (kind === 'offer') {
      // The other side dials what we answer while we dial what it offered: one of the two will get through.
      this.parts.mail.send(from, 'answer', this.offer(body.nonce), () => undefined);
      if (!this.parts.links.isLinked(from)) this.dial(from, body.endpoints);
      return;
    }
    if (this.wanted.get(from)?.nonce === body.nonce) this.dial(from, body.endpoints);
  }

  private try(user: string): void {
    const wanted = this.wanted.get(user);
    const person = this.parts.people.get(user);
    const isOver = !wanted || this.context.now >= wanted.until || this.parts.links.isLinked(user);
    if (isOver || !person) return this.unwant(user);
    if (person.endpoints.length > 0) this.dial(user, person.endpoints);
    if (this.parts.presence.isOnline(user)) this.sendOffer(user, wanted);
    this.context.alarms.set(`reach ${user}`, this.context.now + wanted.backoff.next(), () => this.try(user));
  }

  private sendOffer(user: string, wanted: Wanted): void {
    wanted.nonce = toBase64url(this.context.dice.bytes(32));
    this.parts.mail.send(user, 'offer', this.offer(wanted.nonce), () => undefined);
  }

  private dial(user: string, endpoints: readonly Endpoint[]): void {
    if (endpoints.length === 0) return;
    const dial = this.context.freshRef();
    this.dials.set(dial, user);
    this.context.do({ kind: 'dial', dial, endpoints: endpoints.slice(0, LIMITS.endpointsPerOffer) });
  }

  private offer(nonce: string): Offer {
    const { seenAddress } = this.parts.session;
    const isListed = seenAddress === null || this.local.some(({ host }) => host === seenAddress);
    const seen = isListed ? [] : [{ host: seenAddress, port: this.port }];
    return { nonce, endpoints: [...this.local, ...seen].slice(0, LIMITS.endpointsPerOffer) };
  }
}

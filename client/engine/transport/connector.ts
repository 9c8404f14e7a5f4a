// Opens links (protocols/links): dials the endpoints that worked last, exchanges offers through the name server, and
// repeats with growing waits.

import { Backoff } from '../../../protocols/kit/bounds/backoff.js';
import { toBase64url } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { dialableEndpoints } from '../../../protocols/links/dialable-endpoints.js';
import { offerLetterShape, type OfferLetter } from '../../../protocols/links/messages.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import type { Endpoint } from '../core/endpoint.js';
import { letterRoute, type EventOf, type InputOf, type Part } from '../core/part.js';
import type { Links } from './links.js';
import type { OwnEndpoints } from './own-endpoints.js';
import type { LetterOutcome, OutgoingMail } from '../server/outgoing-mail.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { People } from '../identity/people.js';
import type { Presence } from '../server/presence.js';
import type { Session } from '../server/session.js';

interface Dependencies {
  readonly record: OwnRecord;
  readonly people: People;
  readonly links: Links;
  readonly endpoints: OwnEndpoints;
  readonly mail: OutgoingMail;
  readonly presence: Presence;
  readonly session: Session;
}

/** What waits for a link: messages between two people, or frames of groups. */
type Need = 'chat' | 'groups';

/** The attempts to reach one user. They outlive the link, so that a link that breaks at once is not redialled at once. */
interface Attempts {
  readonly backoff: Backoff;
  /** Since when a link is tried for, null while none is needed or one is open. */
  since: number | null;
  /** A link is tried for while something needs it. */
  readonly needs: Set<Need>;
  /** Until when a link is wanted although nothing needs it. */
  wantedUntil: number;
  /** When the last link opened. */
  linkedAt: number | null;
  /** The nonce of our last offer. */
  nonce: string | null;
  /** How many dials are under way, to endpoints that worked and to offered ones. */
  readonly dials: Record<DialSource, number>;
}

type DialSource = 'remembered' | 'offered';

const RETRY = { firstMs: LIMITS.linkRetryFirstMs, ceilingMs: LIMITS.linkRetryCeilingMs };

export class Connector implements Part {
  readonly inputs = {
    link_opened: (input: InputOf<'link_opened'>) => this.opened(input),
    dial_failed: ({ dial }: InputOf<'dial_failed'>) => void this.takeDial(dial),
  };
  readonly letters = {
    offer: letterRoute('anyone', offerLetterShape, ({ from }, body) => this.offered(from, body)),
    answer: letterRoute('anyone', offerLetterShape, ({ from }, body) => this.answered(from, body)),
  };
  readonly on = {
    asleep: () => this.sleep(),
    online: () => this.tryAllNow(),
    presence: ({ user, isOnline }: EventOf<'presence'>) => void (isOnline && this.tryNow(user)),
    linked: ({ peer }: EventOf<'linked'>) => this.linked(peer.user),
    unfriended: ({ user }: EventOf<'unfriended'>) => this.forget(user),
  };
  private readonly attempts = new Map<string, Attempts>();
  private readonly dials = new Map<number, { user: string; source: DialSource }>();
  private readonly alarms: PartAlarms;
  private readonly answerAlarms: PartAlarms;

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    this.alarms = context.alarms.for('connector');
    this.answerAlarms = context.alarms.for('answers to offers');
  }

  /** Something waits for this user: a link is tried for until `needless`. */
  need(user: string, what: Need = 'chat'): void {
    this.attemptsFor(user).needs.add(what);
    this.begin(user);
  }

  needless(user: string, what: Need = 'chat'): void {
    this.attempts.get(user)?.needs.delete(what);
  }

  /** A link is tried for during `forMs`, although nothing waits for it. */
  want(user: string, forMs: number): void {
    const attempts = this.attemptsFor(user);
    attempts.wantedUntil = Math.max(attempts.wantedUntil, this.context.now + forMs);
    this.begin(user);
  }

  /** Since when a link has been tried for, null if none is. */
  triedSince(user: string): number | null {
    return this.attempts.get(user)?.since ?? null;
  }

  /** When the next attempt is due, null if none is. */
  nextTryAt(user: string): Instant | null {
    return this.alarms.at(user);
  }

  private linked(user: string): void {
    this.rest(user);
    this.attemptsFor(user).linkedAt = this.context.now;
  }

  /** No link with this user is needed any more. */
  forget(user: string): void {
    this.rest(user);
    this.attempts.delete(user);
  }

  private sleep(): void {
    for (const user of this.attempts.keys()) this.rest(user);
    for (const { dials } of this.attempts.values()) Object.assign(dials, { remembered: 0, offered: 0 });
    this.dials.clear();
  }

  /** They came online, or we did: earlier failures say nothing about now. */
  private tryNow(user: string): void {
    const attempts = this.attempts.get(user);
    if (!attempts || attempts.since === null) return;
    attempts.backoff.succeeded();
    this.try(user);
  }

  tryAllNow(): void {
    for (const user of this.attempts.keys()) this.tryNow(user);
  }

  private opened(input: InputOf<'link_opened'>): void {
    const dialled = input.dial === null ? null : this.takeDial(input.dial);
    // A dial that is no longer wanted must not pass for one of the peer.
    if (input.dial !== null && dialled === null) this.context.emit({ type: 'link_close', link: input.link });
    else this.parts.links.opened(input, dialled);
  }

  /** The user that a finished dial was for, if the dial is known. */
  private takeDial(dial: number): string | null {
    const known = this.dials.get(dial);
    if (known === undefined) return null;
    this.dials.delete(dial);
    const attempts = this.attempts.get(known.user);
    if (attempts) attempts.dials[known.source] -= 1;
    return known.user;
  }

  private offered(from: string, { nonce, endpoints }: OfferLetter): void {
    if (!this.mayLink(from)) return;
    // The other side dials what we answer while we dial what it offered: one of the two dials may get through.
    if (this.parts.mail.replies.take(from)) this.answerOffer(from, nonce);
    if (!this.parts.links.isLinked(from)) this.dialOffered(from, endpoints);
  }

  /** An answer that the name server did not forward leaves again while the offer is valid. */
  private answerOffer(to: string, nonce: string, since = this.context.now): void {
    this.parts.mail.send(to, 'answer', this.offer(nonce), (fate) => {
      const again = this.againAt('answer', fate);
      if (again === null || again > since + LIMITS.offerMs) return;
      this.answerAlarms.set(to, again, () => void (this.mayLink(to) && this.answerOffer(to, nonce, since)));
    });
  }

  /** When an offer or answer leaves again that the name server refused because too many left at once. */
  private againAt(kind: 'offer' | 'answer', fate: LetterOutcome): Instant | null {
    const isTooFast = fate instanceof Refusal && fate.code === 'LETTERS_TOO_FAST';
    return isTooFast ? this.parts.mail.retryAt(kind, fate) : null;
  }

  private answered(from: string, { nonce, endpoints }: OfferLetter): void {
    if (this.mayLink(from) && this.attempts.get(from)?.nonce === nonce) this.dialOffered(from, endpoints);
  }

  private mayLink(user: string): boolean {
    return this.parts.people.mayLink(user) && this.parts.session.isWanted;
  }

  private attemptsFor(user: string): Attempts {
    const known = this.attempts.get(user);
    if (known) return known;
    const backoff = new Backoff(RETRY, this.context.random);
    const attempts = {
      backoff,
      since: null,
      needs: new Set<Need>(),
      wantedUntil: 0,
      linkedAt: null,
      nonce: null,
      dials: { remembered: 0, offered: 0 },
    };
    this.attempts.set(user, attempts);
    return attempts;
  }

  private begin(user: string): void {
    const attempts = this.attemptsFor(user);
    if (attempts.since !== null || !this.parts.session.isWanted || this.parts.links.isLinked(user)) return;
    const { now } = this.context;
    attempts.since = now;
    const wasBrief = attempts.linkedAt !== null && now - attempts.linkedAt < LIMITS.linkDialMs;
    if (wasBrief) return this.tryLater(user, attempts);
    attempts.backoff.succeeded();
    this.try(user);
  }

  private try(user: string): void {
    const attempts = this.attemptsFor(user);
    const person = this.parts.people.get(user);
    const isOver = attempts.needs.size === 0 && this.context.now >= attempts.wantedUntil;
    if (isOver || !person || this.parts.links.isLinked(user)) return this.rest(user);
    this.dial(user, person.endpoints, 'remembered');
    if (this.parts.presence.isOnline(user)) this.sendOffer(user, attempts);
    this.tryLater(user, attempts);
  }

  private tryLater(user: string, attempts: Attempts): void {
    this.alarms.set(user, this.context.now + attempts.backoff.next(), () => this.try(user));
  }

  private rest(user: string): void {
    this.alarms.drop(user);
    const attempts = this.attempts.get(user);
    if (!attempts) return;
    attempts.needs.clear();
    Object.assign(attempts, { since: null, wantedUntil: 0, nonce: null });
  }

  private sendOffer(user: string, attempts: Attempts): void {
    attempts.nonce = toBase64url(this.context.random.bytes(32));
    this.parts.mail.send(user, 'offer', this.offer(attempts.nonce), (fate) => {
      const again = this.againAt('offer', fate);
      const isSooner = again !== null && again < (this.alarms.at(user) ?? 0);
      if (isSooner) this.alarms.set(user, again, () => this.try(user));
    });
  }

  private dialOffered(user: string, endpoints: readonly Endpoint[]): void {
    const own = this.parts.endpoints.local;
    const seen = this.parts.people.get(user)?.endpoints ?? [];
    this.dial(user, dialableEndpoints(endpoints, { own, seen }), 'offered');
  }

  private dial(user: string, endpoints: readonly Endpoint[], source: DialSource): void {
    const device = this.parts.people.device(user);
    // A knock shows our record, which no peer may see before the name server has it.
    if (!this.parts.record.isAnnounced) return;
    const { dials } = this.attemptsFor(user);
    if (endpoints.length === 0 || device === null || dials[source] >= LIMITS.dialsPerFriend) return;
    dials[source] += 1;
    const dial = this.context.freshRef();
    this.dials.set(dial, { user, source });
    const tried = endpoints.slice(0, LIMITS.endpointsPerOffer);
    const target = { endpoints: tried, device, record: this.parts.record.signed };
    this.context.emit({ type: 'dial', dial, ...target, isOffered: source === 'offered' });
  }

  private offer(nonce: string): OfferLetter {
    return { nonce, endpoints: this.parts.endpoints.offered() };
  }
}

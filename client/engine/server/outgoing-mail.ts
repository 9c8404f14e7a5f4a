// Letters that leave (protocols/letters): a letter that must arrive is in the store until the name server has accepted
// it.

import type { LetterKey } from '../../../protocols/letters/letter-key.js';
import type { ListedDevice } from '../../../protocols/directory/record.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import { FLEETING_KINDS, FRIENDSHIP_KINDS, type Letter, type LetterKind } from '../../../protocols/letters/messages.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import type { EventOf, Part } from '../core/part.js';
import type { QueuedLetter } from '../core/store.js';
import type { People } from '../identity/people.js';
import { letterInfo, sealedLetterText } from '../../../protocols/letters/sealed-letter.js';
import { LetterRateLimiter } from './letter-rate-limiter.js';
import { RecipientKeys } from './recipient-keys.js';
import { ReplyBudget } from './reply-budget.js';
import type { Session, SessionFrame } from './session.js';
import { UnconfirmedLetters } from './unopened/unconfirmed-letters.js';

interface Unsealed {
  readonly to: string;
  readonly kind: LetterKind;
  readonly body: object;
}

/** `taken`: the name server accepted the letter. A refusal says why it did not; null: the session ended first. */
export type LetterOutcome = 'taken' | Refusal | null;

/** `sealed`: the text that left. */
type LetterContinuation = (fate: LetterOutcome, sealed?: string) => void;

export class OutgoingMail implements Part {
  readonly on = {
    online: () => this.cameOnline(),
    offline: () => this.reset(),
    keyClaimEnded: () => this.tryAgain(),
    presence: ({ user }: EventOf<'presence'>) => this.keys.forgetAnswer(user),
    befriended: ({ user }: EventOf<'befriended'>) => this.unconfirmed.befriended(user),
  };
  readonly replies: ReplyBudget;
  readonly unconfirmed: UnconfirmedLetters;
  private readonly alarms: PartAlarms;
  private readonly keys: RecipientKeys;
  private readonly rateLimiter: LetterRateLimiter;
  /** Letters that the name server has not answered, by our id. */
  private readonly inFlight = new Map<string, (fate: LetterOutcome) => void>();
  /** Stored letters on their way, by recipient: one at a time, so that none overtakes another (SPEC FRIEND-8). */
  private readonly leaving = new Map<string, QueuedLetter>();
  /** Recipients whose last letter was not taken. They are tried again later and do not delay the others. */
  private readonly resting = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly session: Session,
  ) {
    this.alarms = context.alarms.for('outgoing mail');
    this.replies = new ReplyBudget(context);
    this.unconfirmed = new UnconfirmedLetters(context);
    this.keys = new RecipientKeys(context, session);
    this.rateLimiter = new LetterRateLimiter(context);
    session.takeFrames({ accepted: (frame) => this.answered(frame), rejected: (frame) => this.answered(frame) });
  }

  /** A letter that must arrive, now or later. It is on disk with this turn. */
  post(to: string, kind: LetterKind, body: object): void {
    this.makeRoom(to, kind);
    this.context.store.addLetter({ to, kind, body: JSON.stringify(body), at: this.context.now });
    this.pump();
  }

  /** The same for a letter that replaces all queued letters to this user that have the same kind and the same key. */
  postLatest(to: string, kind: LetterKind, body: object, keyOf: (body: unknown) => string | null): void {
    const key = keyOf(body);
    for (const { ref, body: queued } of this.context.store.lettersTo(to, kind)) {
      if (key !== null && keyOf(parseJson(queued)) === key) this.context.store.dropLetter(ref);
    }
    this.post(to, kind, body);
  }

  /**
   * The same for a letter that can be put together with a queued one: `merge` gives the letter for both, or null. A
   * letter on its way stays as it is.
   */
  postMerged(to: string, kind: LetterKind, body: object, merge: (queued: unknown) => object | null): void {
    const { store } = this.context;
    const last = store.lettersTo(to, kind).findLast(({ ref }) => ref !== this.leaving.get(to)?.ref);
    const merged = last ? merge(parseJson(last.body)) : null;
    if (last && merged) store.dropLetter(last.ref);
    this.post(to, kind, merged ?? body);
  }

  /** This letter did not open: it leaves again, or the user is told that it did not open for the last time. */
  didNotOpen(to: string, sealed: string): void {
    const letter = this.unconfirmed.get(to, sealed);
    if (letter === null) return;
    if (!this.unconfirmed.didNotOpen(to, sealed)) return this.context.warnRefusal(new Refusal('LETTER_UNOPENED', to));
    // A later letter about the friendship leaves anyway, and says what holds now.
    if (FRIENDSHIP_KINDS.includes(letter.kind) && this.hasFriendshipLetter(to)) return;
    this.keys.forgetAnswer(to);
    this.context.store.addLetter({ to, kind: letter.kind, body: letter.body, at: letter.at });
    this.pump();
  }

  /** When a letter of this kind may leave, now or later, so that the name server does not refuse it. */
  readyAt(kind: LetterKind): Instant {
    return this.rateLimiter.readyAt(kind);
  }

  /** When a letter that was not taken may be tried again: soon, if only too many letters left at once. */
  retryAt(kind: LetterKind, fate: LetterOutcome): Instant {
    const isTooFast = fate instanceof Refusal && fate.code === 'LETTERS_TOO_FAST';
    return isTooFast ? this.rateLimiter.readyAt(kind) : this.context.now + LIMITS.letterRetryMs;
  }

  /** A letter that is useful only now; `then` is called with what became of it. */
  send(to: string, kind: LetterKind, body: object, then: LetterContinuation): void {
    const device = this.people.device(to);
    if (!device || !this.session.isOnline) return then(null);
    if (this.isHeldBack(to, kind)) return then(new Refusal('KEY_CHANGED', to));
    this.rateLimiter.take(kind);
    this.sendTo(device, { to, kind, body }, (fate, sealed) => {
      if (!(fate instanceof Refusal) || fate.code !== 'RECIPIENT_UNKNOWN') return then(fate, sealed);
      this.people.find([to], () => {
        const renewed = this.people.device(to);
        if (!renewed || renewed.device === device.device) return then(fate);
        this.sendTo(renewed, { to, kind, body }, then);
      });
    });
  }

  /**
   * True while the name server lists another key for the recipient (SPEC DIR-15). The letters that open a link leave:
   * only a device of the pinned key can read them, and only such a device is linked with.
   */
  private isHeldBack(to: string, kind: LetterKind): boolean {
    return Boolean(this.people.get(to)?.claimed) && !FLEETING_KINDS.includes(kind);
  }

  private sendTo({ device }: ListedDevice, unsealed: Unsealed, then: LetterContinuation): void {
    this.keys.find({ to: unsealed.to, device, kind: unsealed.kind }, (letterKey) => {
      if (letterKey === null || letterKey instanceof Refusal) return then(letterKey);
      this.sealTo(letterKey, unsealed, then);
    });
  }

  private sealTo({ device, key }: LetterKey, { to, kind, body }: Unsealed, then: LetterContinuation): void {
    const { me } = this.context;
    const identity = this.people.record(to)?.key;
    if (identity === undefined) return then(null); // the recipient was forgotten meanwhile
    const writer = { device: me.device.publicKey, identity: me.identity.publicKey };
    const plain = JSON.stringify(this.write(to, device, { kind, body }));
    this.context.seal({ exchange: key, plain, info: letterInfo(key, writer, { device, identity }) }, (sealed) => {
      if (sealed === null || !this.session.isOnline) return then(null);
      const id = this.context.freshId();
      const text = sealedLetterText({ key, writer, sealed });
      this.inFlight.set(id, (fate) => {
        if (fate === 'taken') this.rateLimiter.accepted(kind);
        if (fate instanceof Refusal && fate.code === 'LETTERS_TOO_FAST') this.rateLimiter.refused(kind);
        then(fate, text);
      });
      const fleeting = FLEETING_KINDS.includes(kind);
      this.session.send({ type: 'letter', id, to, device, fleeting, body: text });
    });
  }

  /** True while a letter about the friendship with this user has not left: later letters must not overtake it. */
  hasFriendshipLetter(user: string): boolean {
    return FRIENDSHIP_KINDS.some((kind) => this.context.store.lettersTo(user, kind).length > 0);
  }

  private answered(frame: SessionFrame<'accepted' | 'rejected'>): void {
    const then = this.inFlight.get(frame.id);
    this.inFlight.delete(frame.id);
    then?.(frame.type === 'accepted' ? 'taken' : Refusal.from(frame.code, frame.about));
  }

  /** The session ended: letters without an answer count as not sent. */
  private reset(): void {
    const unanswered = [...this.inFlight.values()];
    this.inFlight.clear();
    for (const then of unanswered) then(null);
    this.keys.reset();
    this.rateLimiter.reset();
  }

  /** Sends stored letters in order, as many as may be on their way. */
  private pump(): void {
    if (!this.session.isOnline) return;
    let page = this.context.store.letters(0, LIMITS.lettersPerPage);
    while (page.length > 0) {
      for (const letter of page) this.leaveIfFree(letter);
      const last = page.at(-1)?.ref ?? 0;
      const isFull = this.leaving.size >= LIMITS.lettersInFlightPerSession;
      page =
        isFull || page.length < LIMITS.lettersPerPage ? [] : this.context.store.letters(last, LIMITS.lettersPerPage);
    }
  }

  /** A new letter about the friendship replaces the queued ones; of many receipts the oldest is dropped. */
  private makeRoom(to: string, kind: LetterKind): void {
    const { store } = this.context;
    const outdated = FRIENDSHIP_KINDS.includes(kind)
      ? FRIENDSHIP_KINDS.flatMap((each) => store.lettersTo(to, each))
      : [];
    const receipts = kind === 'receipt' ? store.lettersTo(to, kind) : [];
    const excess = Math.max(0, receipts.length - LIMITS.receiptsQueuedPerUser + 1);
    for (const { ref } of [...outdated, ...receipts.slice(0, excess)]) store.dropLetter(ref);
  }

  private leaveIfFree(letter: QueuedLetter): void {
    const { to, kind } = letter;
    const mayLeave = !this.leaving.has(to) && !this.resting.has(to);
    if (!mayLeave || this.leaving.size >= LIMITS.lettersInFlightPerSession) return;
    const readyAt = this.rateLimiter.storedReadyAt(to, kind);
    if (readyAt <= this.context.now) return this.leave(letter);
    const pumpAt = this.alarms.at('pump') ?? Infinity;
    if (readyAt < pumpAt) this.alarms.set('pump', readyAt, () => this.pump());
  }

  private leave(letter: QueuedLetter): void {
    this.leaving.set(letter.to, letter);
    this.rateLimiter.takeStored(letter.to, letter.kind);
    if (this.people.device(letter.to)) return this.dispatch(letter);
    // A friend request written while the name server could not be asked for the user's record.
    this.people.find([letter.to], (found) => {
      if (found instanceof Refusal) return this.settle(letter, null);
      const [user] = found;
      const person = this.people.get(letter.to);
      if (!user || !person) return this.settle(letter, new Refusal('USER_UNKNOWN', letter.to));
      this.people.learn(person, user.listed.record);
      this.dispatch(letter);
    });
  }

  private dispatch(letter: QueuedLetter): void {
    const body = parseJson(letter.body) as object;
    this.send(letter.to, letter.kind, body, (fate, sealed) => this.settle(letter, fate, sealed));
  }

  private settle(letter: QueuedLetter, fate: LetterOutcome, sealed = ''): void {
    this.leaving.delete(letter.to);
    if (fate === 'taken') {
      this.context.store.dropLetter(letter.ref);
      this.unconfirmed.accepted(letter, sealed);
      if (FRIENDSHIP_KINDS.includes(letter.kind))
        this.context.report({ type: 'friendshipLetterSent', user: letter.to });
      return this.pump();
    }
    const isUnknown = fate?.code === 'USER_UNKNOWN' || fate?.code === 'RECIPIENT_UNKNOWN';
    if (isUnknown && !this.isKeptForFriend(letter)) {
      this.context.store.dropLetter(letter.ref);
      this.context.warnRefusal(new Refusal('USER_UNKNOWN', letter.to));
      this.context.postpone(() => this.people.friendships.target.unknownRecipient(letter.to));
      return this.pump();
    }
    if (fate?.code === 'LETTERS_TOO_FAST') return this.pump(); // the rate limiter says when
    this.retryLater(letter.to);
    // Letters to others go on, unless the server has no room.
    if (fate?.code !== 'SERVER_FULL') this.pump();
  }

  /** A friend may use another name server than this one, or this one lies (SPEC LETTER-11). */
  private isKeptForFriend({ to, at }: QueuedLetter): boolean {
    return this.people.isFriend(to) && this.context.now - at < LIMITS.heldMs;
  }

  private retryLater(to: string): void {
    this.resting.add(to);
    if (this.alarms.at('retry') !== null) return;
    this.alarms.set('retry', this.context.now + LIMITS.letterRetryMs, () => this.tryAgain());
  }

  private cameOnline(): void {
    this.unconfirmed.forgetOld(this.people.all().map(({ name }) => name));
    this.tryAgain();
  }

  private tryAgain(): void {
    this.resting.clear();
    this.pump();
  }

  private write(to: string, toDevice: string, { kind, body }: { kind: LetterKind; body: object }): Signed {
    const { me, now, primitives } = this.context;
    const letter: Letter = { from: me.name, device: me.device.publicKey, to, toDevice, kind, at: now, body };
    if (FLEETING_KINDS.includes(kind)) letter.expires = this.context.serverClock.now + LIMITS.offerMs;
    return signObject('letter', letter, me.device, primitives);
  }
}

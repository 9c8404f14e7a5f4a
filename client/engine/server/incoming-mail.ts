// Letters that arrive (protocols/letters): opened one at a time, in order; taken only if the sender's own device signed
// them; then acknowledged with `done`.

import { readRecord } from '../../../protocols/directory/record-verification.js';
import type { UserRecord } from '../../../protocols/directory/record.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { compileShape } from '../../../protocols/kit/shapes.js';
import { objectId, openSigned, Signed } from '../../../protocols/kit/signed.js';
import { FRIENDSHIP_KINDS, letterShape, type Letter } from '../../../protocols/letters/messages.js';
import type { PartAlarms } from '../core/alarms.js';
import { sealedLetterId, signUnopened } from '../../../protocols/letters/unopened-notice.js';
import { letterInfo, readSealedLetter, type LetterParty } from '../../../protocols/letters/sealed-letter.js';
import type { Context } from '../core/context.js';
import type { ReceivedLetter } from '../core/events.js';
import type { Part } from '../core/part.js';
import { Registration } from '../core/registration.js';
import type { LetterKeys } from '../identity/letter-keys.js';
import type { People } from '../identity/people.js';
import type { OutgoingMail } from './outgoing-mail.js';
import type { Session, SessionFrame } from './session.js';

type Delivery = SessionFrame<'deliver'>;

const signedShape = compileShape(Signed);

/** `again`: the letter could not be judged yet, and the name server keeps it. */
type Verdict = 'done' | 'again';

/**
 * A letter that opened: `key` and `id` of the sealed text, for which device of ours, and from which writer, who is not
 * verified yet.
 */
interface Opened {
  readonly key: string;
  readonly id: string;
  readonly signed: Signed;
  readonly writer: LetterParty;
  readonly device: string;
}

/** The engine registers: it knows which part takes letters of a kind. */
export interface LetterTaker {
  takeLetter(letter: ReceivedLetter): void;
}

export class IncomingMail implements Part {
  readonly on = { online: () => this.forgetOldIds(), offline: () => this.reset() };
  readonly takers = new Registration<LetterTaker>();
  private readonly alarms: PartAlarms;
  private readonly people: People;
  private queue: Delivery[] = [];
  private later: Delivery[] = [];
  private isBusy = false;
  /** Users whose letters could not be opened in this session. */
  private readonly unreadableFrom = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly parts: { readonly people: People; readonly letterKeys: LetterKeys; readonly mail: OutgoingMail },
    private readonly session: Session,
  ) {
    this.people = parts.people;
    this.alarms = context.alarms.for('incoming mail');
    session.takeFrames({ deliver: (delivery) => this.arrived(delivery) });
  }

  /** Gives a letter to its part, after all events reported so far. */
  deliver(letter: ReceivedLetter): void {
    this.context.postpone(() => this.takers.target.takeLetter(letter));
  }

  private arrived(delivery: Delivery): void {
    // A name server that exceeds its window brings the rest again in the next session.
    if (this.queue.length + this.later.length >= LIMITS.lettersDecryptingMax) return;
    this.queue.push(delivery);
    this.next();
  }

  /** Ids of letters that no name server can hold any more. */
  private forgetOldIds(): void {
    this.context.store.forgetLettersSeenBefore(this.context.now - LIMITS.letterSeenMs);
  }

  /** The session ended: letters without `done` arrive again in the next one. */
  private reset(): void {
    this.queue = [];
    this.later = [];
    this.unreadableFrom.clear();
  }

  private next(): void {
    if (this.isBusy) return;
    const delivery = this.queue.shift();
    if (!delivery) return;
    this.isBusy = true;
    this.open(delivery.body, (opened) => {
      if (opened === 'taken before') return this.finish(delivery, 'done');
      if (opened) return this.read(opened, (verdict) => this.finish(delivery, verdict));
      // Sealed for another key, or not a letter at all: another delivery would not change that.
      this.reportUnreadable(delivery.from);
      this.finish(delivery, 'done', this.notice(delivery));
    });
  }

  private open(body: string, then: (opened: Opened | 'taken before' | null) => void): void {
    const letter = readSealedLetter(body);
    if (!letter) return then(null);
    const { key, writer, sealed } = letter;
    const id = sealedLetterId(body, this.context.primitives);
    const oneTime = this.parts.letterKeys.findOneTime(key);
    if (oneTime?.usedBy === id) return then('taken before');
    const own = oneTime ?? this.parts.letterKeys.find(key);
    if (!own || oneTime?.usedBy) return then(null);
    const reader = { device: own.device, identity: this.context.me.identity.publicKey };
    const wanted = { secret: own.secret, body: sealed, info: letterInfo(key, writer, reader) };
    this.context.unseal(wanted, (plain) => {
      const signed = plain === null ? undefined : parseJson(plain);
      then(signedShape.accepts(signed) ? { key, id, signed, writer, device: own.device } : null);
    });
  }

  /** For the writer of a letter that does not open, blocked or not: it tells nothing else about us (SPEC LETTER-26). */
  private notice({ from, body }: Delivery): Signed | null {
    const { me, primitives } = this.context;
    if (readSealedLetter(body) === null || !this.parts.mail.replies.takeNotice(from)) return null;
    return signUnopened(sealedLetterId(body, primitives), me.device, primitives);
  }

  private finish(delivery: Delivery, verdict: Verdict, unopened: Signed | null = null): void {
    this.isBusy = false;
    if (verdict === 'done') this.session.send({ type: 'done', id: delivery.id, ...(unopened && { unopened }) });
    else this.tryAgain(delivery);
    this.next();
  }

  /** The author could not be looked up. The name server holds the letter until `done`, so waiting loses nothing. */
  private tryAgain(delivery: Delivery): void {
    this.later.push(delivery);
    this.alarms.set('again', this.context.now + LIMITS.letterRetryMs, () => {
      this.queue.push(...this.later.splice(0));
      this.next();
    });
  }

  /** The author may use a retired device key of ours. Reported once in a session, since the name server may lie. */
  private reportUnreadable(from: string): void {
    if (this.unreadableFrom.size >= LIMITS.unreadableSendersMax || this.unreadableFrom.has(from)) return;
    this.unreadableFrom.add(from);
    this.context.postpone(() => this.people.friendships.target.unreadableLetter(from));
  }

  private read(opened: Opened, then: (verdict: Verdict) => void): void {
    const letter = parseJson(opened.signed.payload);
    if (!letterShape.accepts(letter) || !this.isForUs(letter, opened)) return then('done');
    const author = this.authorRecord(letter);
    if (author) return then(this.judge(opened, author));
    this.people.find([letter.from], (found) => {
      if (found instanceof Refusal) return then('again');
      const [user] = found;
      then(user ? this.judge(opened, user.record) : 'done');
    });
  }

  /**
   * The record that proves the letter's device: the pinned one, or a newer one under the same key that the letter
   * brings. Any user can make a record for any name, so an author without a pinned key is looked up.
   */
  private authorRecord(letter: Letter): UserRecord | null {
    const pinned = this.people.record(letter.from);
    if (pinned && lists(pinned, letter.device)) return pinned;
    const record = introduction(letter);
    const brought = record && readRecord(record, this.context.primitives);
    if (!record || brought?.name !== letter.from || !lists(brought, letter.device)) return null;
    const person = this.people.get(letter.from);
    return person?.pinned && this.people.learn(person, record) ? brought : null;
  }

  /** `shown`: a record of the author. It counts only where none is pinned: it may be an old one. */
  private judge({ key: letterKey, id, signed, writer }: Opened, shown: UserRecord): Verdict {
    const { primitives, store, now } = this.context;
    const author = this.people.record(shown.name) ?? shown;
    const claimed = parseJson(signed.payload);
    if (!letterShape.accepts(claimed) || !lists(author, claimed.device)) return 'done';
    if (author.key !== writer.identity) return 'done';
    const letter = openSigned('letter', signed, { key: claimed.device, shape: letterShape, primitives });
    if (letter === null || this.context.serverClock.isExpired(letter.expires)) return 'done';
    // The same transaction stores what the letter changes, and no second letter opens with a one-time key.
    this.parts.letterKeys.used(letterKey, id);
    if (!store.seeLetter(objectId('letter', signed.payload, primitives), now)) return 'done';
    const { from, device, kind, at, body } = letter;
    // Letters about friendship are still taken from a blocked user (SPEC FRIEND-4); all others are dropped.
    if (this.people.get(from)?.blocked && !FRIENDSHIP_KINDS.includes(kind)) return 'done';
    this.deliver({ from, key: author.key, device, kind, at, body });
    return 'done';
  }

  /** True iff it names us, and the devices for which it was sealed (SPEC LETTER-15). */
  private isForUs(letter: Letter, { writer, device }: Opened): boolean {
    const { name } = this.context.me;
    const isBetweenDevices = letter.device === writer.device && letter.toDevice === device;
    return letter.to === name && letter.from !== name && isBetweenDevices;
  }
}

function lists(record: UserRecord, device: string): boolean {
  return record.devices.some((listed) => listed.device === device);
}

/** The record inside a friend request or its answer. */
function introduction(letter: Letter): Signed | null {
  const { kind, body } = letter;
  if (kind !== 'friend_request' && kind !== 'friend_answer') return null;
  const record = typeof body === 'object' && body !== null && 'record' in body ? body.record : null;
  return signedShape.accepts(record) ? record : null;
}

// The letter keys of others (protocols/letters): asked for once a day and after the recipient came or went; believed
// only if the recipient's device signed them.

import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import { compileShape } from '../../../protocols/kit/shapes.js';
import { LetterKey, readLetterKey } from '../../../protocols/letters/letter-key.js';
import { FLEETING_KINDS, type LetterKind } from '../../../protocols/letters/messages.js';
import { readOneTimeKey } from '../../../protocols/letters/one-time-key.js';
import type { Context } from '../core/context.js';
import { SETTINGS } from '../core/settings.js';
import type { Session, SessionFrame } from './session.js';

const letterKeyShape = compileShape(LetterKey);

/** A refusal says why there is no key; null: the session ended first. */
type KeyOutcome = LetterKey | Refusal | null;

interface Recipient {
  readonly to: string;
  readonly device: string;
  readonly kind: LetterKind;
}

interface Wanted extends Recipient {
  readonly then: (key: KeyOutcome) => void;
}

export class RecipientKeys {
  /** When the name server was last asked for the key of a user. */
  private readonly askedAt = new Map<string, Instant>();
  /** What the name server has not answered, by our id. */
  private readonly wanted = new Map<string, Wanted>();

  constructor(
    private readonly context: Context,
    private readonly session: Session,
  ) {
    session.takeFrames({ key: (frame) => this.given(frame), no_key: (frame) => this.refused(frame) });
  }

  /** The key for a letter to this device of this user. */
  find(recipient: Recipient, then: (key: KeyOutcome) => void): void {
    const { to, device } = recipient;
    const known = this.known(to, device);
    const oneTime = this.isFirst(recipient, known);
    if (known && !oneTime && this.isFresh(to)) return then(known);
    // A look-up before this may have outlasted the session. No answer and no end would come for the question.
    if (!this.session.isOnline) return then(null);
    const id = this.context.freshId();
    this.wanted.set(id, { ...recipient, then });
    this.session.send({ type: 'key_wanted', id, to, device, oneTime });
  }

  /** This user came online or went: there may be a newer key, or another device. */
  forgetAnswer(user: string): void {
    this.askedAt.delete(user);
  }

  /** The session ended: nothing that was asked will be answered. */
  reset(): void {
    const unanswered = [...this.wanted.values()];
    this.wanted.clear();
    for (const { then } of unanswered) then(null);
  }

  private given({ id, key, oneTime }: SessionFrame<'key'>): void {
    const wanted = this.take(id);
    if (!wanted) return;
    const { to, device, kind, then } = wanted;
    const letterKey = readLetterKey(key, device, this.context.primitives);
    const known = this.known(to, device);
    // An earlier key may be one that was stolen since: the newest that we have seen stays (SPEC LETTER-13).
    const newest = known && (!letterKey || letterKey.number <= known.number) ? known : letterKey;
    if (!newest) return then(new Refusal('LETTER_KEY_MISSING', to));
    if (newest !== known) this.context.store.putSetting(SETTINGS.letterKeyOf(to), JSON.stringify(newest));
    this.askedAt.set(to, this.context.now);
    const single = oneTime && readOneTimeKey(oneTime, newest, this.context.primitives);
    if (single && kind === 'friend_request') this.context.store.putSetting(SETTINGS.firstLetterTo(to), 'sent');
    then(single ?? newest);
  }

  /** True for a letter that goes to a one-time key (SPEC LETTER-18). */
  private isFirst({ to, kind }: Recipient, known: LetterKey | null): boolean {
    if (kind === 'friend_request') return this.context.store.setting(SETTINGS.firstLetterTo(to)) === null;
    return !known && kind !== 'group' && !FLEETING_KINDS.includes(kind);
  }

  private refused({ id, code, about }: SessionFrame<'no_key'>): void {
    this.take(id)?.then(Refusal.from(code, about));
  }

  private take(id: string): Wanted | null {
    const wanted = this.wanted.get(id);
    this.wanted.delete(id);
    return wanted ?? null;
  }

  private isFresh(to: string): boolean {
    const age = this.context.now - (this.askedAt.get(to) ?? -Infinity);
    return age >= 0 && age < LIMITS.recipientKeyMs;
  }

  private known(to: string, device: string): LetterKey | null {
    const kept = this.context.store.setting(SETTINGS.letterKeyOf(to));
    const known = kept === null ? null : parseJson(kept);
    return letterKeyShape.accepts(known) && known.device === device ? known : null;
  }
}

// Letters that the name server accepted and that no later letter confirms (SPEC LETTER-24): kept for 30 days, because
// their reader may be unable to open them.

import { parseJson } from '../../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { Type, type Static } from '../../../../protocols/kit/packages/typebox.js';
import { compileShape, exactly, Time } from '../../../../protocols/kit/shapes.js';
import { FRIENDSHIP_KINDS, LETTER_KINDS, type LetterKind } from '../../../../protocols/letters/messages.js';
import { Signed } from '../../../../protocols/kit/signed.js';
import { sealedLetterId } from '../../../../protocols/letters/unopened-notice.js';
import type { Context } from '../../core/context.js';
import { SETTINGS } from '../../core/settings.js';
import type { QueuedLetter } from '../../core/store.js';

/** Messages, receipts and the like leave again by themselves, until the reader confirms them. */
const KEPT_KINDS: readonly LetterKind[] = [...FRIENDSHIP_KINDS, 'group'];

/**
 * `sealed`: the id of the sealed letter that left last. `unopened`: how often it did not open. `notice`: says that the
 * last one did not open, and is not proven yet.
 */
const UnconfirmedLetter = exactly({
  kind: Type.Enum(LETTER_KINDS),
  body: Type.String(),
  at: Time,
  sealed: Type.String(),
  unopened: Type.Integer({ minimum: 0 }),
  notice: Type.Union([Signed, Type.Null()]),
});
export type UnconfirmedLetter = Static<typeof UnconfirmedLetter>;
const listShape = compileShape(Type.Array(UnconfirmedLetter));

export class UnconfirmedLetters {
  constructor(private readonly context: Context) {}

  /** The name server accepted this letter, with this sealed text. A newer letter about the friendship replaces others. */
  accepted({ to, kind, body, at }: QueuedLetter, text: string): void {
    if (!KEPT_KINDS.includes(kind) || body.length > LIMITS.unconfirmedLetterBytes) return;
    const kept = this.of(to);
    const sealed = sealedLetterId(text, this.context.primitives);
    const unopened = kept.find((one) => one.kind === kind && one.body === body)?.unopened ?? 0;
    const isReplaced = (one: UnconfirmedLetter): boolean =>
      (one.kind === kind && one.body === body) || (isOfFriendship(kind) && isOfFriendship(one.kind));
    const others = kept.filter((one) => !isReplaced(one));
    this.keep(
      to,
      [...others, { kind, body, at, sealed, unopened, notice: null }].slice(-LIMITS.unconfirmedLettersPerUser),
    );
  }

  /** The letter to this user that was sealed under this id. */
  get(to: string, sealed: string): UnconfirmedLetter | null {
    return this.of(to).find((one) => one.sealed === sealed) ?? null;
  }

  /** A notice about the letter sealed under this id, to be judged now or when a newer record is known. */
  claim(to: string, sealed: string, notice: Signed): void {
    this.keep(
      to,
      this.of(to).map((one) => (one.sealed === sealed ? { ...one, notice } : one)),
    );
  }

  /** The notices about letters to this user that are not proven yet. */
  claims(to: string): { sealed: string; notice: Signed }[] {
    return this.of(to).flatMap(({ sealed, notice }) => (notice === null ? [] : [{ sealed, notice }]));
  }

  /** The letter did not open. Counts how often, and forgets it at the last time; true if it may leave again. */
  didNotOpen(to: string, sealed: string): boolean {
    const counted = this.of(to).map((one) =>
      one.sealed === sealed ? { ...one, sealed: '', unopened: one.unopened + 1, notice: null } : one,
    );
    const left = counted.filter(({ unopened }) => unopened < LIMITS.letterAttemptsMax);
    this.keep(to, left);
    return left.length === counted.length;
  }

  /** The users are friends: their letters about the friendship have arrived. */
  befriended(user: string): void {
    this.keep(
      user,
      this.of(user).filter(({ kind }) => !isOfFriendship(kind)),
    );
  }

  /** Forgets the letters to these users that the name server holds no longer. */
  forgetOld(users: readonly string[]): void {
    for (const user of users) this.keep(user, this.of(user));
  }

  private of(user: string): UnconfirmedLetter[] {
    const text = this.context.store.setting(SETTINGS.unconfirmedLettersTo(user));
    const kept = text === null || text === '' ? [] : parseJson(text);
    if (!listShape.accepts(kept)) return [];
    return kept.filter(({ at }) => this.context.now - at < LIMITS.heldMs);
  }

  private keep(user: string, letters: readonly UnconfirmedLetter[]): void {
    const { store } = this.context;
    const name = SETTINGS.unconfirmedLettersTo(user);
    const text = letters.length === 0 ? '' : JSON.stringify(letters);
    if ((store.setting(name) ?? '') !== text) store.putSetting(name, text);
  }
}

function isOfFriendship(kind: LetterKind): boolean {
  return FRIENDSHIP_KINDS.includes(kind);
}

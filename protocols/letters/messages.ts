// Letters (protocols/letters): what the signed object inside the sealed envelope says.

import { Type, type Static } from '../kit/packages/typebox.js';
import { compileShape, exactly, KeyText, NameText, Time } from '../kit/shapes.js';

/** The `info` of HPKE: a letter sealed for another purpose does not open as one. */
export const LETTER_INFO = 'kith/letter/1';

export const LETTER_KINDS = [
  'friend_request',
  'friend_answer',
  'offer',
  'answer',
  'message',
  'receipt',
  'read',
  'refill_wanted',
  'refill',
  'post',
  'bye',
  'group',
] as const;
export type LetterKind = (typeof LETTER_KINDS)[number];

/** Kinds that are worth nothing a minute later: they expire, and the name server never holds them. */
export const FLEETING_KINDS: readonly LetterKind[] = ['offer', 'answer'];

/** Kinds that friendship is made of. */
export const FRIENDSHIP_KINDS: readonly LetterKind[] = ['friend_request', 'friend_answer', 'bye'];

/** Signed as type `letter` by `device`. `body` has a shape of its own, by `kind`; judge it before use. */
export const Letter = exactly({
  from: NameText,
  device: KeyText,
  to: NameText,
  toDevice: KeyText,
  kind: Type.Enum(LETTER_KINDS),
  at: Time,
  expires: Type.Optional(Time),
  body: Type.Unknown(),
});
export type Letter = Static<typeof Letter>;
export const letterShape = compileShape(Letter);

// The signed object inside a sealed letter (SPEC.md).

import { Type, type Static } from '../kit/packages/typebox.js';
import { compileShape, exactly, KeyText, NameText, Time } from '../kit/shapes.js';

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

/** Kinds that expire after a minute. The name server never stores them. */
export const FLEETING_KINDS: readonly LetterKind[] = ['offer', 'answer'];

/** Kinds that carry the friendship state (protocols/friends). */
export const FRIENDSHIP_KINDS: readonly LetterKind[] = ['friend_request', 'friend_answer', 'bye'];

/** Signed as type `letter` by `device`. The shape of `body` depends on `kind`: check it before use. */
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

// Bodies of friendship letters (SPEC.md). A request and an answer carry the writer's record, so that a reader who does
// not know the writer can verify them.

import { Type, type Static } from '../kit/packages/typebox.js';
import { compileShape, Count, exactly } from '../kit/shapes.js';
import { Signed } from '../kit/signed.js';
import { LIMITS } from '../kit/limits.js';

export const FriendRequestLetter = exactly({
  record: Signed,
  epoch: Count,
  note: Type.String({ maxLength: LIMITS.noteBytes }),
});
export type FriendRequestLetter = Static<typeof FriendRequestLetter>;
export const friendRequestLetterShape = compileShape(FriendRequestLetter);

export const FriendAnswerLetter = exactly({ record: Signed, epoch: Count, accepted: Type.Boolean() });
export type FriendAnswerLetter = Static<typeof FriendAnswerLetter>;
export const friendAnswerLetterShape = compileShape(FriendAnswerLetter);

/** The writer ends the friendship. */
export const ByeLetter = exactly({ epoch: Count });
export const byeLetterShape = compileShape(ByeLetter);

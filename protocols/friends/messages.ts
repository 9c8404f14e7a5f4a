// Bodies of the letters friendship is made of (protocols/letters): each brings the writer's record, so that a
// stranger can judge it.

import { Type, type Static } from '../kit/packages/typebox.js';
import { compileShape, Count, exactly } from '../kit/shapes.js';
import { Signed } from '../kit/signed.js';
import { LIMITS } from '../kit/limits.js';

export const FriendRequest = exactly({
  record: Signed,
  epoch: Count,
  note: Type.String({ maxLength: LIMITS.noteBytes }),
});
export type FriendRequest = Static<typeof FriendRequest>;
export const friendRequestShape = compileShape(FriendRequest);

export const FriendAnswer = exactly({ record: Signed, epoch: Count, accepted: Type.Boolean() });
export type FriendAnswer = Static<typeof FriendAnswer>;
export const friendAnswerShape = compileShape(FriendAnswer);

/** The friendship is over. */
export const Bye = exactly({ epoch: Count });
export const byeShape = compileShape(Bye);

// Frames and letters of catalogues, and the frames that ask friends for bytes (SPEC.md).

import { Type, type Static } from '../kit/packages/typebox.js';
import { LIMITS } from '../kit/limits.js';
import { OwnProof } from '../kit/own-proofs/marks.js';
import { compileShape, exactly, IdText } from '../kit/shapes.js';
import { Signed } from '../kit/signed.js';

const ChangeNumber = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** The reader's cursor: it has all changes up to `after`. `proof`: of the page with that change, null for no change. */
export const PostsWantedFrame = exactly({
  type: Type.Literal('posts_wanted'),
  after: ChangeNumber,
  proof: Type.Union([OwnProof, Type.Null()]),
});
export type PostsWantedFrame = Static<typeof PostsWantedFrame>;
export const postsWantedFrameShape = compileShape(PostsWantedFrame);

/**
 * The changes with numbers in (after, upTo], in order. `more`: later changes exist. `proof`: for the author, that this
 * catalogue has reached `upTo` (SPEC POST-11). `grant`: proves that the reader is the author's friend; absent if the
 * reader has a fresh one.
 */
const Page = {
  after: ChangeNumber,
  upTo: ChangeNumber,
  items: Type.Array(Signed, { maxItems: LIMITS.postsPerPage }),
  more: Type.Boolean(),
  proof: OwnProof,
  grant: Type.Optional(Signed),
};

export const PostsFrame = exactly({ type: Type.Literal('posts'), ...Page });
export const postsFrameShape = compileShape(PostsFrame);

/** The body of a letter of the kind `post`. */
export const PostLetter = exactly(Page);
export type PostPage = Static<typeof PostLetter>;
export const postLetterShape = compileShape(PostLetter);

/** Asks a friend whether it has the bytes of this post. */
export const PostWantedFrame = exactly({ type: Type.Literal('post_wanted'), id: IdText });
export const postWantedFrameShape = compileShape(PostWantedFrame);

export const PostHeldFrame = exactly({ type: Type.Literal('post_held'), id: IdText });
export const postHeldFrameShape = compileShape(PostHeldFrame);

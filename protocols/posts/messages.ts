// How catalogues travel (SPEC.md): frames on a link, the body of the letter, and what asks friends for bytes.

import { Type, type Static } from '../kit/packages/typebox.js';
import { LIMITS } from '../kit/limits.js';
import { compileShape, exactly, IdText } from '../kit/shapes.js';
import { Signed } from '../kit/signed.js';

const ChangeNumber = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** "I have followed your device up to here." */
export const PostsWantedFrame = exactly({ type: Type.Literal('posts_wanted'), after: ChangeNumber });
export type PostsWantedFrame = Static<typeof PostsWantedFrame>;
export const postsWantedFrameShape = compileShape(PostsWantedFrame);

/**
 * The changes with numbers in (after, upTo], in order. `more`: there are later ones. `grant`: lets the reader count as
 * the author's friend; absent where the reader has a fresh one.
 */
const Page = {
  after: ChangeNumber,
  upTo: ChangeNumber,
  items: Type.Array(Signed, { maxItems: LIMITS.postsPerPage }),
  more: Type.Boolean(),
  grant: Type.Optional(Signed),
};

export const PostsFrame = exactly({ type: Type.Literal('posts'), ...Page });
export const postsFrameShape = compileShape(PostsFrame);

/** The body of a letter of the kind `post`. */
export const PostLetter = exactly(Page);
export type PostPage = Static<typeof PostLetter>;
export const postLetterShape = compileShape(PostLetter);

/** Has somebody the bytes of this post? */
export const PostWantedFrame = exactly({ type: Type.Literal('post_wanted'), id: IdText });
export const postWantedFrameShape = compileShape(PostWantedFrame);

export const PostHeldFrame = exactly({ type: Type.Literal('post_held'), id: IdText });
export const postHeldFrameShape = compileShape(PostHeldFrame);

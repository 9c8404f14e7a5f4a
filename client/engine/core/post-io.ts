// Effects and inputs for the bytes of posts: the engine decides who sends what to whom; the host moves the bytes.

import type { Instant } from '../../../protocols/kit/machine.js';
import type { Refusal } from '../../../protocols/kit/refusals.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { FetchFailure } from '../../../protocols/posts/download.js';
import type { Held } from './post-store.js';
import type { DialTarget } from './endpoint.js';

/** What was found out about a file while it was copied. `sha256`: base64url. */
export interface CopiedFile {
  readonly size: number;
  readonly sha256: string;
  readonly type: string;
  readonly name: string;
}

/** Whose post it is, and which. */
export interface PostKey {
  readonly author: string;
  readonly id: string;
}

/** `request`: a number the world chose, never used twice in a run. `fetch`: a number the engine chose. */
export type PostInput =
  /** Answers to `post_copy`; `post_copying` now and then before. */
  | { type: 'post_copying'; id: string; received: number; size: number }
  | { type: 'post_copied'; id: string; file: CopiedFile }
  | { type: 'post_copy_refused'; id: string; refusal: Refusal }
  | { type: 'post_discarded'; id: string }
  /** `grant`: as it was shown, not judged. */
  | { type: 'post_asked'; request: number; peerKey: string; id: string; grant: Signed | null }
  /** The answer to a request has left, or never will. */
  | { type: 'post_served'; request: number }
  /** What a request was to be answered with is not there, or not what it was. */
  | { type: 'post_missing'; post: PostKey }
  | { type: 'fetch_progress'; fetch: number; received: number }
  | { type: 'fetch_done'; fetch: number }
  | { type: 'fetch_ended'; fetch: number; failure: FetchFailure; why: string; received: number }
  /** Answers to `post_place`. */
  | { type: 'post_placed'; post: PostKey; path: string; stamp: string }
  | { type: 'post_place_refused'; post: PostKey; refusal: Refusal };

export type PostEffect =
  /** Copies a file among ours, hashing it; answered by `post_copied` or `post_copy_refused`. */
  | { type: 'post_copy'; id: string; path: string }
  /** Removes our copy, or what there is of it; answered by `post_discarded`. */
  | { type: 'post_discard'; id: string }
  /** Answers a request with bytes of the post; `post_served` follows. */
  | { type: 'post_serve'; request: number; post: ServedPost }
  | { type: 'post_refuse'; request: number; refusal: Refusal }
  /** Breaks an answer off. */
  | { type: 'post_stop'; request: number }
  /**
   * Fetches the missing bytes of a post; answered by `fetch_done` or `fetch_ended`. `startsOver`: deletes the bytes on
   * disk first. `target`: a path that the world judges before it fetches anything, null for a place of ours.
   */
  | {
      type: 'fetch';
      fetch: number;
      post: FetchedPost;
      from: FetchSource;
      startsOver: boolean;
      target: FetchTarget | null;
    }
  | { type: 'fetch_stop'; fetch: number }
  /**
   * Puts what was fetched where it was wanted, and keeps it until `part_discard`. `to`: a file, a folder, or null for a
   * folder of ours. `name`: of the file in a folder.
   */
  | { type: 'post_place'; post: FetchedPost; name: string; to: string | null; force: boolean }
  /** Removes what was fetched so far. */
  | { type: 'part_discard'; post: PostKey }
  /** At the start: whatever was fetched for others than these is of no use. */
  | { type: 'parts_keep'; posts: readonly PostKey[] };

/** `bytes`: where they are, or they themselves. */
export interface ServedPost extends PostKey {
  readonly size: number;
  readonly sha256: string;
  readonly type: string;
  readonly at: Instant;
  readonly bytes: Exclude<Held, { at: 'nowhere' }> | { at: 'text'; text: string };
}

export interface FetchedPost extends PostKey {
  readonly size: number;
  readonly sha256: string;
}

/** Where the user wants a download. */
export interface FetchTarget {
  readonly path: string;
  readonly force: boolean;
}

/** `grant`: presented to a peer that is not the author. */
export interface FetchSource extends DialTarget {
  readonly grant: Signed | null;
}

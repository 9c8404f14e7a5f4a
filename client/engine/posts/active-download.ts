// One download that is not complete: its request, its machine, and how it is listed.

import type { DownloadSummary } from '../../../protocols/control/commands/posts.js';
import type { InlineDriver } from '../../../protocols/kit/machine.js';
import type { Download, DownloadEffect, DownloadInput } from '../../../protocols/posts/download.js';
import type { FetchedPost, PostKey } from '../core/post-io.js';
import type { StoredDownload, StoredPost } from '../core/post-store.js';

export interface ActiveDownload {
  readonly request: StoredDownload;
  readonly post: StoredPost;
  readonly machine: Download;
  readonly driver: InlineDriver<DownloadInput, DownloadEffect>;
  readonly isResumed: boolean;
  /** Commands that are answered when it ends. */
  refs: number[];
  fetch: number | null;
  /** Its bytes were deleted after the last fetch. */
  isDiscarded: boolean;
}

/** How the command `downloads` lists it. */
export function summaryOf({ post, machine }: ActiveDownload): DownloadSummary {
  const { id, author: from, title, size } = post;
  return { post: id, from, title, size, ...machine.progressMade };
}

export function keyOf({ author, id }: PostKey): string {
  return `${author} ${id}`;
}

export function aboutOf({ author, id, size, sha256 }: StoredPost): FetchedPost {
  return { author, id, size, sha256 };
}

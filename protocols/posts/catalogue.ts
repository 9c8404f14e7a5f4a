// Follows the catalogue of an author's device: the effect of a page on the reader's cursor (SPEC POST-8 to POST-12).

import type { PostPage } from './messages.js';

/**
 * `upTo`: the last change of this device that the reader has. `isComplete`: the reader once reached the end of this
 * catalogue, so posts that only earlier devices listed are gone. `proof`: what the author gave with change `upTo`.
 */
export interface CatalogueCursor {
  readonly device: string;
  readonly upTo: number;
  readonly isComplete: boolean;
  readonly proof: string | null;
}

export interface PageResult {
  readonly cursor: CatalogueCursor;
  /** True for the first page that reaches the end: posts that only earlier devices listed are now dropped. */
  readonly supersedesEarlierDevices: boolean;
  /** True iff the reader must send the next `posts_wanted`, as an acknowledgement or to get more. */
  readonly requestsMore: boolean;
}

/** The cursor for `device`. A cursor of another device does not count. */
export function cursorOf(known: CatalogueCursor | null, device: string): CatalogueCursor {
  return known?.device === device ? known : { device, upTo: 0, isComplete: false, proof: null };
}

/** Applies a page of `device`. Null if the page is inconsistent. */
export function applyPage(known: CatalogueCursor | null, device: string, page: PostPage): PageResult | null {
  if (page.upTo < page.after || page.items.length > page.upTo - page.after) return null;
  const cursor = cursorOf(known, device);
  const isAdjoining = page.after <= cursor.upTo;
  const upTo = isAdjoining ? Math.max(cursor.upTo, page.upTo) : cursor.upTo;
  const isComplete = cursor.isComplete || (isAdjoining && !page.more);
  return {
    cursor: { device, upTo, isComplete, proof: upTo > cursor.upTo ? page.proof : cursor.proof },
    supersedesEarlierDevices: isComplete && !cursor.isComplete,
    requestsMore: page.items.length > 0 || page.more || !isAdjoining,
  };
}

// How a reader follows the catalogue of an author's device (SPEC POST-8 to POST-12): what a page does to the mark.

import type { PostPage } from './messages.js';

/**
 * `upTo`: everything up to this change is known. `isWhole`: the catalogue was once followed to its end, so that what
 * earlier devices had said is settled.
 */
export interface CatalogueCursor {
  readonly device: string;
  readonly upTo: number;
  readonly isWhole: boolean;
}

export interface PageResult {
  readonly mark: CatalogueCursor;
  /** The first page that reaches the end: what only earlier devices named is gone now. */
  readonly supersedesEarlierDevices: boolean;
  /** What came is to be acknowledged, or there is more to be had. */
  readonly requestsMore: boolean;
}

/** The mark to begin with: what was followed of another device says nothing about this one. */
export function cursorOf(mark: CatalogueCursor | null, device: string): CatalogueCursor {
  return mark?.device === device ? mark : { device, upTo: 0, isWhole: false };
}

/** What a page of `device` does, or null where it contradicts itself. */
export function applyPage(known: CatalogueCursor | null, device: string, page: PostPage): PageResult | null {
  if (page.upTo < page.after || page.items.length > page.upTo - page.after) return null;
  const mark = cursorOf(known, device);
  const isAdjoining = page.after <= mark.upTo;
  const upTo = isAdjoining ? Math.max(mark.upTo, page.upTo) : mark.upTo;
  const isWhole = mark.isWhole || (isAdjoining && !page.more);
  return {
    mark: { device, upTo, isWhole },
    supersedesEarlierDevices: isWhole && !mark.isWhole,
    requestsMore: page.items.length > 0 || page.more || !isAdjoining,
  };
}

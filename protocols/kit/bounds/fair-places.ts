// Places for connections: so many in all, and so many for one owner (a network). When all are taken, the oldest of the
// owner with most of them makes room for an owner with fewer.

import { FairMap } from './fair-map.js';

/** `evicted`: the id that must end to make room, or null. */
export type Place = { readonly type: 'taken'; readonly evicted: number | null } | { readonly type: 'refused' };

export interface PlaceBounds {
  readonly placesMax: number;
  /** `Infinity` for no limit. */
  readonly perOwnerMax: number;
}

export class FairPlaces {
  private readonly places: FairMap<number>;

  constructor(private readonly bounds: PlaceBounds) {
    this.places = new FairMap(bounds.placesMax);
  }

  get size(): number {
    return this.places.size;
  }

  take(id: number, owner: string): Place {
    const share = this.places.shareOf(owner);
    const isFull = this.places.isFull && !this.isOutnumbered(share);
    if (isFull || share >= this.bounds.perOwnerMax) return { type: 'refused' };
    return { type: 'taken', evicted: this.places.put(String(id), id, owner)?.value ?? null };
  }

  leave(id: number): void {
    this.places.delete(String(id));
  }

  private isOutnumbered(share: number): boolean {
    const next = this.places.nextEvicted();
    const owner = next && this.places.ownerOf(next.key);
    return owner !== null && this.places.shareOf(owner) > share + 1;
  }
}

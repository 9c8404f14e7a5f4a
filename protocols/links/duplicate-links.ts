// Decides which of two links between the same devices stays (SPEC LINK-6). Both ends reach the same decision without
// exchanging frames.

/** An open link. `dialledBy`: the device key of the dialler. `openedAs`: a number that increases with each link. */
export interface OpenLink {
  readonly dialledBy: string;
  readonly openedAs: number;
}

/** True iff `fresh` replaces `present`. */
export function replaces(fresh: OpenLink, present: OpenLink): boolean {
  if (fresh.dialledBy !== present.dialledBy) return fresh.dialledBy < present.dialledBy;
  return fresh.openedAs > present.openedAs;
}

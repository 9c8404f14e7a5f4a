// Which of two links between the same two devices survives (SPEC LINK-6): both ends decide alike without a word.

/**
 * A link that is open. `dialledBy`: the device key of the side that dialled; `openedAs`: rises with each link of this
 * run.
 */
export interface OpenLink {
  readonly dialledBy: string;
  readonly openedAs: number;
}

/** True iff `fresh` replaces `present`. */
export function replaces(fresh: OpenLink, present: OpenLink): boolean {
  if (fresh.dialledBy !== present.dialledBy) return fresh.dialledBy < present.dialledBy;
  return fresh.openedAs > present.openedAs;
}

// How an author brings the catalogue to one friend (SPEC POST-8, POST-9, POST-13): a page at a time over the link, else
// a letter now and then.

import { LIMITS } from '../kit/limits.js';
import type { Instant } from '../kit/machine.js';

/** What of our catalogue a friend has said to have, and what was left at the name server since. */
export interface AnnouncementProgress {
  readonly acknowledged: number;
  readonly leftUpTo: number;
  /** How many letters were left since the last acknowledgement. */
  readonly letters: number;
  readonly leftAt: Instant;
}

export const NO_PROGRESS: AnnouncementProgress = { acknowledged: 0, leftUpTo: 0, letters: 0, leftAt: 0 };

/** `outrun`: they have followed us further than we remember. */
export type CatalogueReply = 'page' | 'nothing' | 'outrun';

export class CatalogueAnnouncer {
  private linkState: 'none' | 'silent' | 'idle' | 'busy' = 'none';

  constructor(private current: AnnouncementProgress) {}

  get progress(): AnnouncementProgress {
    return this.current;
  }

  /** A link stands. Nothing is sent before they say how far they are. */
  linked(): void {
    this.linkState = 'silent';
  }

  unlinked(): void {
    this.linkState = 'none';
  }

  /** They say how far they are; `latest` is our last change. */
  pageRequested(after: number, latest: number): CatalogueReply {
    if (after > latest) return 'outrun';
    const isFirst = this.linkState !== 'idle' && this.linkState !== 'busy';
    this.current = {
      ...this.current,
      acknowledged: after,
      leftUpTo: Math.max(after, this.current.leftUpTo),
      letters: 0,
    };
    const reply = after < latest || isFirst ? 'page' : 'nothing';
    if (this.linkState !== 'none') this.linkState = after < latest ? 'busy' : 'idle';
    return reply;
  }

  /** There is something new: may a page leave now? Then it counts as on its way. */
  push(latest: number): boolean {
    if (this.linkState !== 'idle' || this.current.acknowledged >= latest) return false;
    this.linkState = 'busy';
    return true;
  }

  /** When a letter may be left, or null where none is needed. */
  letterAt(latest: number): Instant | null {
    const { acknowledged, leftUpTo: left, letters, leftAt } = this.current;
    if (this.linkState !== 'none' || Math.max(acknowledged, left) >= latest) return null;
    if (letters === 0) return 0;
    return leftAt + Math.min(LIMITS.postLetterCeilingMs, LIMITS.postLetterFirstMs * 2 ** (letters - 1));
  }

  /** The name server has taken a letter with everything up to a change. */
  letterLeft(change: number, now: Instant): void {
    const letters = Math.min(this.current.letters + 1, 30);
    this.current = { ...this.current, leftUpTo: Math.max(this.current.leftUpTo, change), letters, leftAt: now };
  }

  /** Neither what was left nor what was acknowledged is to be relied on any more: their disk may be another one. */
  reset(): void {
    this.current = NO_PROGRESS;
  }
}

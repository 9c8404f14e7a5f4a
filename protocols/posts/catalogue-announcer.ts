// Announces the author's catalogue to one friend (SPEC POST-8, POST-9, POST-13): one page at a time over the link, else
// by letters with increasing waits.

import { LIMITS } from '../kit/limits.js';
import type { Instant } from '../kit/machine.js';

/** The last change that the friend acknowledged, and the last change sent in a letter. */
export interface AnnouncementProgress {
  readonly acknowledged: number;
  readonly mailedUpTo: number;
  /** Letters since the last acknowledgement. */
  readonly letters: number;
  readonly mailedAt: Instant;
}

export const NO_PROGRESS: AnnouncementProgress = { acknowledged: 0, mailedUpTo: 0, letters: 0, mailedAt: 0 };

/** `beyond`: the friend says that it has followed more changes than we have. */
export type CatalogueReply = 'page' | 'nothing' | 'beyond';

export class CatalogueAnnouncer {
  private linkState: 'unlinked' | 'linked' | 'idle' | 'page_in_flight' = 'unlinked';

  constructor(private current: AnnouncementProgress) {}

  get progress(): AnnouncementProgress {
    return this.current;
  }

  /** The friend is linked. Nothing is sent before its first request. */
  linked(): void {
    this.linkState = 'linked';
  }

  unlinked(): void {
    this.linkState = 'unlinked';
  }

  /** The friend has everything up to `after`; `latest` is our last change. */
  pageRequested(after: number, latest: number): CatalogueReply {
    if (after > latest) return 'beyond';
    const isFirst = this.linkState !== 'idle' && this.linkState !== 'page_in_flight';
    this.current = {
      ...this.current,
      acknowledged: after,
      mailedUpTo: Math.max(after, this.current.mailedUpTo),
      letters: 0,
    };
    const reply = after < latest || isFirst ? 'page' : 'nothing';
    if (this.linkState !== 'unlinked') this.linkState = after < latest ? 'page_in_flight' : 'idle';
    return reply;
  }

  /** There is a new change: true iff a page may be sent now. Then it counts as in flight. */
  push(latest: number): boolean {
    if (this.linkState !== 'idle' || this.current.acknowledged >= latest) return false;
    this.linkState = 'page_in_flight';
    return true;
  }

  /** When the next letter may be sent, or null if none is needed. */
  letterAt(latest: number): Instant | null {
    const { acknowledged, mailedUpTo, letters, mailedAt } = this.current;
    if (this.linkState !== 'unlinked' || Math.max(acknowledged, mailedUpTo) >= latest) return null;
    if (letters === 0) return 0;
    return mailedAt + Math.min(LIMITS.postLetterCeilingMs, LIMITS.postLetterFirstMs * 2 ** (letters - 1));
  }

  /** The name server accepted a letter with all changes up to `change`. */
  letterAccepted(change: number, now: Instant): void {
    const letters = Math.min(this.current.letters + 1, 30);
    this.current = { ...this.current, mailedUpTo: Math.max(this.current.mailedUpTo, change), letters, mailedAt: now };
  }

  /** Starts over: the friend may have lost its data, so no earlier acknowledgement or letter counts. */
  reset(): void {
    this.current = NO_PROGRESS;
  }
}

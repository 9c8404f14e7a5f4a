// Adds stored messages to the search index while the client is not busy: storing new messages has priority.

import { LIMITS } from '../protocols/kit/limits.js';
import { isDataDamage, isOperationalError } from '../runtime/operational-error.js';

interface Index {
  /** Rises by one with each stored message. */
  readonly messagesWritten: number;
  /** Indexes some messages; true if more are left. */
  indexSome(): boolean;
}

export class SearchIndexer {
  private timer: NodeJS.Timeout | null = null;
  private writtenBefore = 0;

  /** `onDamage`: the database is damaged, and indexing has stopped. */
  constructor(
    private readonly index: Index,
    private readonly onDamage: (error: unknown) => void,
  ) {}

  /** Starts to check regularly. The timer does not keep the process alive. */
  start(): void {
    this.later(LIMITS.indexIdleMs);
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
  }

  private later(waitMs: number): void {
    this.timer = setTimeout(() => this.look(), waitMs).unref();
  }

  private look(): void {
    try {
      const hasMore = this.isQuiet() && this.index.indexSome();
      this.later(hasMore ? LIMITS.indexBatchPauseMs : LIMITS.indexIdleMs);
    } catch (error) {
      if (!isOperationalError(error)) throw error;
      if (isDataDamage(error)) return this.onDamage(error);
      this.later(LIMITS.indexIdleMs); // locked for a while, or its disk full: no message waits for the index
    }
  }

  private isQuiet(): boolean {
    const { messagesWritten: written } = this.index;
    const came = written - this.writtenBefore;
    this.writtenBefore = written;
    return came < LIMITS.indexQuietMessages;
  }
}

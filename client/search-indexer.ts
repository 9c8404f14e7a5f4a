// Prepares stored messages for searching while few new ones come: in a rush of them, storing goes first.

import { LIMITS } from '../protocols/kit/limits.js';

interface Index {
  /** Rises with every message that is stored. */
  readonly messagesWritten: number;
  /** Takes some in; true if there are more. */
  indexSome(): boolean;
}

export class SearchIndexer {
  private timer: NodeJS.Timeout | null = null;
  private writtenBefore = 0;

  constructor(private readonly index: Index) {}

  /** From here on it looks now and then. That does not keep the process alive. */
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
    const hasMore = this.isQuiet() && this.index.indexSome();
    this.later(hasMore ? LIMITS.indexBatchPauseMs : LIMITS.indexIdleMs);
  }

  private isQuiet(): boolean {
    const { messagesWritten: written } = this.index;
    const came = written - this.writtenBefore;
    this.writtenBefore = written;
    return came < LIMITS.indexQuietMessages;
  }
}

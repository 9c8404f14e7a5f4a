// Prepares stored messages for searching whenever the client has nothing else to do.

import { LIMITS } from '../protocols/kit/limits.js';

interface Index {
  /** Takes some in; true if there are more. */
  indexSome(): boolean;
}

export class IdleIndexing {
  private timer: NodeJS.Timeout | null = null;

  /** `isIdle`: whether there is time now. Waiting does not keep the process alive. */
  constructor(
    private readonly index: Index,
    private readonly isIdle: () => boolean,
  ) {}

  start(): void {
    this.later(LIMITS.indexPauseMs);
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
  }

  private later(waitMs: number): void {
    this.timer = setTimeout(() => this.look(), waitMs).unref();
  }

  private look(): void {
    const hasMore = this.isIdle() && this.index.indexSome();
    this.later(hasMore ? LIMITS.indexBreathMs : LIMITS.indexPauseMs);
  }
}

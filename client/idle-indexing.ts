// Prepares stored messages for searching whenever the client has nothing else to do.

import { LIMITS } from '../protocols/kit/limits.js';

interface Index {
  /** Takes some in; true if there are more. */
  indexSome(): boolean;
}

export class IdleIndexing {
  private timer: NodeJS.Timeout;

  /** `isIdle`: whether there is time now. It does not keep the process alive. */
  constructor(
    private readonly index: Index,
    private readonly isIdle: () => boolean,
  ) {
    this.timer = this.later(LIMITS.indexPauseMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private later(waitMs: number): NodeJS.Timeout {
    return setTimeout(() => this.look(), waitMs).unref();
  }

  private look(): void {
    const hasMore = this.isIdle() && this.index.indexSome();
    this.timer = this.later(hasMore ? LIMITS.indexBreathMs : LIMITS.indexPauseMs);
  }
}

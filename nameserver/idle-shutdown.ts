// A server started for a few ends when they have left: soon after the last session, or when none ever comes.

import { LIMITS } from '../protocols/kit/limits.js';

export class IdleShutdown {
  private timer: NodeJS.Timeout;

  constructor(private readonly stop: () => void) {
    this.timer = setTimeout(stop, LIMITS.idleShutdownFirstMs);
  }

  /** A session came or left. */
  sessionsChanged(sessions: number): void {
    clearTimeout(this.timer);
    if (sessions === 0) this.timer = setTimeout(this.stop, LIMITS.idleShutdownMs);
  }

  cancel(): void {
    clearTimeout(this.timer);
  }
}

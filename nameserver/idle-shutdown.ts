// Stops the server (`--until-empty`) shortly after the last session closes, or when no session opens after the start.

import { LIMITS } from '../protocols/kit/limits.js';

export class IdleShutdown {
  private timer: NodeJS.Timeout;

  constructor(private readonly stop: () => void) {
    this.timer = setTimeout(stop, LIMITS.idleShutdownFirstMs);
  }

  /** Call when a session opens or closes. */
  sessionsChanged(sessions: number): void {
    clearTimeout(this.timer);
    if (sessions === 0) this.timer = setTimeout(this.stop, LIMITS.idleShutdownMs);
  }

  cancel(): void {
    clearTimeout(this.timer);
  }
}

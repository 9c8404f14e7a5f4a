// The retransmission timeout, estimated from round trips (RFC 6298) [RLINK-3].

import { LIMITS } from '../../kit/limits.js';

const GAIN = 1 / 8;
const DEVIATION_GAIN = 1 / 4;
const DEVIATIONS = 4;

export class RoundTrip {
  private smoothMs = 0;
  private deviationMs = 0;
  private isKnown = false;

  /** Takes the round trip of a frame that was sent only once (Karn's algorithm). */
  learn(ms: number): void {
    if (this.isKnown) {
      this.deviationMs += DEVIATION_GAIN * (Math.abs(this.smoothMs - ms) - this.deviationMs);
      this.smoothMs += GAIN * (ms - this.smoothMs);
      return;
    }
    this.isKnown = true;
    this.smoothMs = ms;
    this.deviationMs = ms / 2;
  }

  get retryMs(): number {
    if (!this.isKnown) return LIMITS.roomRetryFirstMs;
    const ms = this.smoothMs + DEVIATIONS * this.deviationMs;
    return Math.min(LIMITS.roomRetryMaxMs, Math.max(LIMITS.roomRetryMinMs, ms));
  }
}

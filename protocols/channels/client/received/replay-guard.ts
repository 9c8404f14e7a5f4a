// Remembers the last counter of each client session, so that no message is reported twice or out of order (VISIT-2).

import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';

/** The position of a message in its client session. */
export interface SequencePosition {
  readonly key: string;
  readonly life: string;
  readonly counter: number;
  readonly at: Instant;
}

interface Heard {
  readonly counter: number;
  /** The earlier of its own time and its arrival: a fast clock must not raise the floor for others. */
  readonly at: Instant;
}

export class ReplayGuard {
  /** By key and client session, the least recent first. */
  private readonly heard = new Map<string, Heard>();
  /** No message of a forgotten session was later. A message of an unknown session that is not later may be a replay. */
  private floorAt: Instant = 0;

  constructor(private readonly sessionsMax: number = LIMITS.channelClientSendersMax) {}

  /** True iff it is later than every known message of its session. */
  isNew({ key, life, counter, at }: SequencePosition): boolean {
    const heard = this.heard.get(`${key} ${life}`);
    return heard ? counter > heard.counter : at > this.floorAt;
  }

  /** The same, and records the position. Only for verified messages. */
  accept(position: SequencePosition, now: Instant): boolean {
    if (!this.isNew(position)) return false;
    const name = `${position.key} ${position.life}`;
    this.heard.delete(name);
    this.heard.set(name, { counter: position.counter, at: Math.min(position.at, now) });
    if (this.heard.size > this.sessionsMax) this.forgetOne();
    return true;
  }

  private forgetOne(): void {
    const [oldest] = this.heard;
    if (!oldest) return;
    this.heard.delete(oldest[0]);
    this.floorAt = Math.max(this.floorAt, oldest[1].at);
  }
}

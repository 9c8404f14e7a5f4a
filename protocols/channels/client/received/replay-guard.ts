// What was heard of each life, so that nothing is shown twice or out of order (VISIT-2), however many speak.

import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';

/** The place of something said. */
export interface SequencePosition {
  readonly key: string;
  readonly life: string;
  readonly counter: number;
  readonly at: Instant;
}

interface Heard {
  readonly counter: number;
  /** The time it bears, or when it came where that is earlier: nobody can push others' floor up by a fast clock. */
  readonly at: Instant;
}

export class ReplayGuard {
  /** By key and life, the one that was heard longest ago first. */
  private readonly heard = new Map<string, Heard>();
  /** Of lives that were forgotten nothing was later than this; what is not later, of a life not known, may be old. */
  private floorAt: Instant = 0;

  constructor(private readonly speakersMax: number = LIMITS.channelClientSendersMax) {}

  /** True iff it is later than all that was heard of its life, as far as that is known. */
  isNew({ key, life, counter, at }: SequencePosition): boolean {
    const heard = this.heard.get(`${key} ${life}`);
    return heard ? counter > heard.counter : at > this.floorAt;
  }

  /** The same, and from now on it is heard. Only for what was proved. */
  take(spoken: SequencePosition, now: Instant): boolean {
    if (!this.isNew(spoken)) return false;
    const name = `${spoken.key} ${spoken.life}`;
    this.heard.delete(name);
    this.heard.set(name, { counter: spoken.counter, at: Math.min(spoken.at, now) });
    if (this.heard.size > this.speakersMax) this.forgetOne();
    return true;
  }

  private forgetOne(): void {
    const [oldest] = this.heard;
    if (!oldest) return;
    this.heard.delete(oldest[0]);
    this.floorAt = Math.max(this.floorAt, oldest[1].at);
  }
}
